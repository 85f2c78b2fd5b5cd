/// Reduces one chunk, a tile at a time, along some of its axes.
struct ChunkReduction: Sendable {
    let loops: ReductionLoops
    /// Of each axis, whether it is reduced.
    let isReduced: [Bool]
    /// Of the whole array.
    let arrayShape: [Int]

    /// The partial results; reduced axes have length 1.
    func reduce<Partial: Sendable>(_ reader: TileReader, as: Partial.Type) throws -> DenseArray<Partial> {
        let shape = reader.region.shape
        let partialShape = zip(shape, isReduced).map { $1 ? 1 : $0 }
        return try DenseArray<Partial>(shape: partialShape) { partials in
            guard let base = partials.baseAddress else { return }
            loops.clear(base, partials.count)
            guard reader.count > 0 else { return }
            try fold(reader, Layout(shape, isReduced, loops.needsIndex ? arrayShape : nil), base)
        }
    }

    /// A chunk as rows: trailing axes that are all reduced, or all kept.
    private struct Layout {
        let inner: Int
        let innerIsReduced: Bool
        let outerShape: [Int]
        /// How far the partial result moves with each outer axis; 0 where that is reduced.
        let outerSteps: [Int]

        /// - Parameter arrayShape: the whole array's, if the elements of a row must have indices that follow each other.
        init(_ shape: [Int], _ isReduced: [Bool], _ arrayShape: [Int]?) {
            innerIsReduced = isReduced.last ?? true
            var first = shape.count
            while first > 0, isReduced[first - 1] == innerIsReduced {
                if innerIsReduced, let arrayShape, first < shape.count, shape[first] != arrayShape[first] { break }
                first -= 1
            }
            inner = shape[first...].reduce(1, *)
            outerShape = Array(shape[..<first])
            let strides = contiguousStrides(zip(shape, isReduced).map { $1 ? 1 : $0 })
            outerSteps = (0..<first).map { isReduced[$0] ? 0 : strides[$0] }
        }
    }

    private func fold(_ reader: TileReader, _ layout: Layout, _ partials: UnsafeMutableRawPointer) throws {
        let inner = layout.inner
        var rows = Rows(layout.outerShape, layout.outerSteps)
        let plane = layout.innerIsReduced ? nil : loops.plane.map { Plane($0, inner) }
        let inputBytes = loops.inputBytes, partialBytes = loops.partialBytes, needsIndex = loops.needsIndex
        let products = reader.endsInProduct ? loops.runOfProducts : nil
        // Whole rows at a time where several fit a tile, else parts of a row.
        let rowsPerTile = max(reader.capacity / inner, 1)
        let rowCount = reader.count / inner
        var row = 0
        while row < rowCount {
            let tiled = min(rowsPerTile, rowCount - row)
            var part = 0
            while part < inner {
                let length = tiled > 1 ? inner : min(reader.capacity, inner - part)
                if let products, layout.innerIsReduced {
                    var (a, b) = try reader.readFactors(row * inner + part, length * tiled)
                    for _ in 0..<tiled {
                        products(a, b, length, partials + rows.offset * partialBytes)
                        a += length * inputBytes
                        b += length * inputBytes
                        if part + length == inner { rows.advance() }
                    }
                    part += length
                    continue
                }
                var elements = try reader.read(row * inner + part, length * tiled)
                for _ in 0..<tiled {
                    let target = partials + rows.offset * partialBytes
                    let index = needsIndex ? self.index(of: reader.region, rows.coordinates, part) : 0
                    if layout.innerIsReduced {
                        try loops.run(elements, length, index, target)
                    } else if let plane {
                        if part == 0 { try plane.move(to: target) }
                        plane.add(elements, part, length)
                    } else {
                        try loops.lanes(elements, length, index, target + part * partialBytes)
                    }
                    elements += length * inputBytes
                    if part + length == inner {
                        try plane?.endRow()
                        rows.advance()
                    }
                }
                part += length
            }
            row += tiled
            try reader.checkCancellation()
        }
        try plane?.flush()
    }

    /// The index along the reduced axes, counted in C order of the whole array.
    private func index(of region: Region, _ outer: [Int], _ part: Int) -> Int {
        var index = 0
        for axis in isReduced.indices where isReduced[axis] {
            index = index * arrayShape[axis] + region.start[axis] + (axis < outer.count ? outer[axis] : 0)
        }
        // The inner axes are the last ones, so that their elements' indices follow each other.
        return (isReduced.last ?? true) ? index + part : index
    }

    /// Walks the outer axes in C order.
    private struct Rows {
        let shape: [Int]
        let steps: [Int]
        var coordinates: [Int]
        var offset = 0

        init(_ shape: [Int], _ steps: [Int]) {
            self.shape = shape
            self.steps = steps
            coordinates = shape.map { _ in 0 }
        }

        mutating func advance() {
            var axis = shape.count - 1
            while axis >= 0 {
                coordinates[axis] += 1
                offset += steps[axis]
                if coordinates[axis] < shape[axis] { return }
                offset -= steps[axis] * shape[axis]
                coordinates[axis] = 0
                axis -= 1
            }
        }
    }

    /// The accumulators of the row of partial results that is being added to. Not thread-safe.
    private final class Plane {
        private let loops: PlaneLoops
        private let count: Int
        private let memory: UnsafeMutableRawPointer
        private var target: UnsafeMutableRawPointer?
        private var rows = 0

        init(_ loops: PlaneLoops, _ count: Int) {
            self.loops = loops
            self.count = count
            memory = .allocate(byteCount: max(count * loops.elementBytes, 1), alignment: 64)
        }

        deinit { memory.deallocate() }

        func move(to partials: UnsafeMutableRawPointer) throws {
            if partials != target { try flush() }
            target = partials
        }

        func add(_ elements: UnsafeRawPointer, _ start: Int, _ length: Int) {
            loops.add(elements, memory, RowPart(lanes: count, start: start, count: length, row: rows))
        }

        func endRow() throws {
            rows += 1
            if rows == loops.rows { try flush() }
        }

        func flush() throws {
            guard let target, rows > 0 else { return }
            try loops.flush(memory, target, count, rows)
            rows = 0
        }
    }
}
