internal import ComplexModule
internal import SheafCore

/// By what a Fourier transform is divided. `n` is the length of the axis.
public enum FourierNormalization: Sendable, Hashable {
    /// The inverse transform by n.
    case backward
    /// Both by the root of n.
    case orthonormal
    /// The forward transform by n.
    case forward

    func factor(_ count: Int, isInverse: Bool) -> Double {
        switch self {
        case .backward: isInverse ? 1 / Double(count) : 1
        case .orthonormal: 1 / Double(count).squareRoot()
        case .forward: isInverse ? 1 : 1 / Double(count)
        }
    }
}

/// What is done with the lines of an array along one axis.
struct LineTransform<Input: LinearScalar, Output: LinearScalar>: Sendable where Input.Magnitude == Output.Magnitude {
    typealias Part = Input.Magnitude
    let plan: FFTPlan<Part>
    /// Elements of a line that are used, and that come out of it.
    let inputCount: Int
    let outputCount: Int
    let factor: Part

    /// Transforms lines that lie next to each other, as pairs of parts in `lines`, into `outputCount` elements each.
    private func store(_ line: UnsafeMutablePointer<Part>, _ out: UnsafeMutablePointer<Part>, _ stride: Int) {
        if Output.isComplex {
            for k in 0..<outputCount {
                out[2 * k * stride] = line[2 * k] * factor
                out[2 * k * stride + 1] = line[2 * k + 1] * factor
            }
        } else {
            for k in 0..<outputCount { out[k * stride] = line[2 * k] * factor }
        }
    }

    /// A line as pairs of parts, filled up with zeros; the other half of a spectrum is the first one's conjugate.
    private func load(_ source: UnsafePointer<Part>, _ stride: Int, _ line: UnsafeMutablePointer<Part>) {
        let count = plan.count
        if Input.isComplex {
            for k in 0..<inputCount {
                line[2 * k] = source[2 * k * stride]
                line[2 * k + 1] = source[2 * k * stride + 1]
            }
        } else {
            for k in 0..<inputCount {
                line[2 * k] = source[k * stride]
                line[2 * k + 1] = 0
            }
        }
        for k in (2 * inputCount)..<max(2 * count, 2 * inputCount) { line[k] = 0 }
        guard Input.isComplex, !Output.isComplex else { return }
        // As NumPy: what should be real is taken for real.
        line[1] = 0
        if count % 2 == 0 { line[count + 1] = 0 }
        for k in 1..<max((count + 1) / 2, 1) {
            line[2 * (count - k)] = line[2 * k]
            line[2 * (count - k) + 1] = -line[2 * k + 1]
        }
    }

    /// - Parameter source: contiguous.
    @_specialize(where Input == Complex<Double>, Output == Complex<Double>)
    @_specialize(where Input == Complex<Float>, Output == Complex<Float>)
    @_specialize(where Input == Double, Output == Complex<Double>)
    @_specialize(where Input == Complex<Double>, Output == Double)
    func apply(_ source: DenseArray<Input>, axis: Int, checkCancellation: () throws -> Void) throws -> DenseArray<Output> {
        var shape = source.shape
        let inner = shape[(axis + 1)...].reduce(1, *), outer = shape[..<axis].reduce(1, *), length = shape[axis]
        shape[axis] = outputCount
        let result = DenseArray<Output>(shape: shape) { _ in }
        if result.count == 0 { return result }
        // Along the last axis one line at a time; along others several, so that memory is read and written in runs.
        let lines = min(inner, 16), room = max(plan.count, inputCount)
        let memory = UnsafeMutablePointer<Part>.allocate(capacity: 2 * (room * lines + plan.workCount))
        defer { memory.deallocate() }
        let work = memory + 2 * room * lines
        let inputParts = Input.isComplex ? 2 : 1, outputParts = Output.isComplex ? 2 : 1
        let from = UnsafeRawPointer(source.base).assumingMemoryBound(to: Part.self)
        let to = UnsafeMutableRawPointer(result.base).assumingMemoryBound(to: Part.self)
        try withExtendedLifetime(source) {
            for block in 0..<outer {
                try checkCancellation()
                for first in stride(from: 0, to: inner, by: lines) {
                    let count = min(lines, inner - first)
                    for line in 0..<count {
                        load(from + (block * length * inner + first + line) * inputParts, inner, memory + 2 * room * line)
                        plan.transform(memory + 2 * room * line, work)
                        store(memory + 2 * room * line, to + (block * outputCount * inner + first + line) * outputParts, inner)
                    }
                }
            }
        }
        return result
    }
}

extension ChunkGrid {
    /// Whole along an axis, and along the others cut as often as that takes to keep chunks of about the same size.
    func wholeAlong(_ axis: Int) -> ChunkGrid {
        var chunks = chunks, pieces = chunks[axis].count
        chunks[axis] = [shape[axis]]
        while pieces > 1, let other = chunks.indices.filter({ $0 != axis }).max(by: { (chunks[$0].max() ?? 0) < (chunks[$1].max() ?? 0) }) {
            let longest = chunks[other].max() ?? 0, size = max((longest + pieces - 1) / pieces, 1)
            guard longest > 1 else { break }
            chunks[other] = chunks[other].flatMap { ChunkSizes.cut($0, size) }
            pieces /= max(longest / size, 1)
        }
        return ChunkGrid(chunks)
    }
}

extension NDArray where Scalar: LinearScalar {
    /// Transforms lines along an axis, along which chunks are made whole first; fused with the element-wise operations before.
    func transformingLines<Output: LinearScalar>(
        _ name: String, to: Output.Type, count: Int?, axis: Int, isInverse: Bool, _ normalization: FourierNormalization,
        _ location: SourceLocation, defaultCount: (Int) -> Int = { $0 }, input: (Int) -> Int = { $0 }, output: (Int) -> Int = { $0 }
    ) -> NDArray<Output> where Output.Magnitude == Scalar.Magnitude {
        let axes = Axes([axis], rank: rank, operation: name, location: location)
        var problem = axes.problem
        let place = axes.list.first ?? 0, length = problem == nil ? defaultCount(shape[place]) : 1, lineCount = count ?? length
        if problem == nil, lineCount < 1 {
            problem = PlanError(
                .invalidArgument, "“\(name)” of \(lineCount) elements: the shape is \(shape)", node: name, location: location,
                hint: "a transform has at least one element")
        }
        if let problem {
            return NDArray<Output>(
                session,
                TaskNode<Output>(
                    Operation(name), grid: node.grid, after: [node], location: location, problem: node.problem ?? problem
                ) { _ in [] })
        }
        var chunks = node.grid.wholeAlong(place).chunks
        let source = node.recut(ChunkGrid(chunks))
        chunks[place] = [output(lineCount)]
        let grid = ChunkGrid(chunks), outputs = output(lineCount), elements = Swift.min(shape[place], input(lineCount))
        let factor = Scalar.Magnitude(normalization.factor(lineCount, isInverse: isInverse))
        return NDArray<Output>(
            session,
            TaskNode<Output>(Operation(name), grid: grid, after: [source], location: location) { lowering in
                let transform = LineTransform<Scalar, Output>(
                    plan: FFTPlan(lineCount, isInverse: isInverse), inputCount: elements, outputCount: outputs, factor: factor)
                let ratio = Double(outputs) / Double(Swift.max(shape[place], 1))
                return try lowering.consume(
                    source, [Operation(name)], location: location,
                    cost: { region in
                        Cost(
                            resultBytes: Int(Double(region.count) * ratio) * MemoryLayout<Output>.stride,
                            workingBytes: region.count * MemoryLayout<Scalar>.stride)
                    }
                ) { _, reader in
                    let chunk = try DenseArray<Scalar>(shape: reader.region.shape) { buffer in
                        if let base = buffer.baseAddress { try reader.readAll(into: UnsafeMutableRawPointer(base)) }
                    }
                    return TypedValue(try transform.apply(chunk, axis: place, checkCancellation: reader.checkCancellation))
                }
            })
    }
}
