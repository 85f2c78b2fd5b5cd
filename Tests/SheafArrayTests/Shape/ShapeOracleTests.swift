import ComplexModule
import SheafArray
import SheafCore
import SheafLocal
import Testing

@Suite("Shape operations against NumPy")
struct ShapeOracleTests {
    /// Several types and chunkings for each case; the case is the same for all.
    private func check(_ operations: Set<String>) async throws {
        var random = SplitMix64(seed: 17)
        let sessions = (1...3).map { Session(workers: $0) }
        var count = 0
        for test in try ShapeCase.all() where operations.contains(test.op) {
            let session = sessions[count % 3]
            try await check(test, session, &random, as: Int.self)
            switch count % 5 {
            case 0: try await check(test, session, &random, as: Int32.self)
            case 1: try await check(test, session, &random, as: UInt16.self)
            case 2: try await check(test, session, &random, as: Int8.self)
            case 3: try await check(test, session, &random, as: Double.self)
            default: try await check(test, session, &random, as: Complex<Double>.self)
            }
            count += 1
        }
        #expect(count >= 5)
    }

    private func check<T: Labelled>(_ test: ShapeCase, _ session: Session, _ random: inout SplitMix64, as: T.Type) async throws {
        let arrays: [NDArray<T>] = sources(test, session, &random)
        let made = try test.apply(arrays)
        let result = try await made.compute()
        #expect(result.shape == test.resultShape, "\(test.testDescription) of \(T.self), chunks \(arrays.map(\.chunks))")
        #expect(
            result.elements == test.result.map { T.label($0) }, "\(test.testDescription) of \(T.self), chunks \(arrays.map(\.chunks))")
        #expect(made.chunks.allSatisfy { $0 == [0] || $0.allSatisfy { $0 > 0 } }, "\(test.testDescription): chunks \(made.chunks)")
    }

    @Test func slices() async throws { try await check(["slice"]) }

    @Test func axes() async throws {
        try await check([
            "transpose", "swapAxes", "moveAxis", "moveAxes", "flip", "expand", "squeeze", "broadcast", "rotate",
        ])
    }

    @Test func reshapes() async throws { try await check(["reshape"]) }

    @Test func joins() async throws { try await check(["concatenate", "stack", "hstack", "vstack", "dstack", "block"]) }

    @Test func splits() async throws { try await check(["split", "splitUnevenly", "splitAt", "insert", "delete"]) }

    @Test func repetitions() async throws { try await check(["repeat", "repeatCounts", "tile", "roll"]) }

    @Test func padding() async throws { try await check(["pad"]) }

    @Test func replacements() async throws { try await check(["replace"]) }

    @Test func points() async throws { try await check(["points", "takeAlong", "meshgrid"]) }

    @Test func diagonals() async throws { try await check(["diagonal", "diagonalMatrix", "lower", "upper", "take"]) }

    @Test("several operations, one after the other, cut anew in between")
    func pipelines() async throws {
        var random = SplitMix64(seed: 12)
        let session = Session(workers: 2)
        let tests = try ShapeCase.all().filter { $0.op == "pipeline" }
        #expect(tests.count > 50)
        for test in tests {
            var x: NDArray<Int> = sources(test, session, &random)[0]
            for step in test.steps ?? [] {
                switch step.op {
                case "rechunk": x = x.rechunked(.explicit(randomChunks(x.shape, &random)))
                case "zero": x = x + 0
                default: x = try step.asCase.apply([x])
                }
            }
            let result = try await x.compute()
            #expect(result.shape == test.resultShape, "\(test.testDescription)")
            #expect(result.elements == test.result, "\(test.shapes) \(test.testDescription)")
        }
    }

    @Test func differences() async throws {
        var random = SplitMix64(seed: 3)
        let session = Session(workers: 2)
        let tests = try ShapeCase.all().filter { $0.op == "differences" }
        #expect(tests.count > 5)
        for test in tests {
            let x: NDArray<Int> = sources(test, session, &random)[0]
            let squares = x * x - x * x / 251 * 251
            let result = try await squares.differences(order: test.numbers?[0] ?? 1, axis: test.axis ?? -1).compute()
            #expect(result.shape == test.resultShape, "\(test.testDescription)")
            #expect(result.elements == test.result, "\(test.testDescription), chunks \(x.chunks)")
        }
    }

    @Test func selections() async throws {
        var random = SplitMix64(seed: 4)
        let session = Session(workers: 2)
        let operations = ["takeTable", "compress", "select", "nonzero", "argWhere", "flatNonzero", "selectLeading", "indices"]
        let tests = try ShapeCase.all().filter { operations.contains($0.op) }
        #expect(Set(tests.map(\.op)).count == operations.count)
        for test in tests {
            let numbers = test.numbers ?? []
            let x: NDArray<Int> = sources(test, session, &random)[0]
            let result: DenseArray<Int>
            switch test.op {
            case "takeTable":
                let table = session.array(numbers, shape: [2, 3], chunks: .explicit(randomChunks([2, 3], &random)))
                result = try await x.take(table, axis: test.axis ?? 0).compute()
            case "compress":
                result = try await x.compressed(where: session.array(numbers.map { $0 != 0 }, chunks: 2), axis: test.axis ?? 0).compute()
            case "select":
                // The mask is cut in another way than the array.
                let other = session.array(try await x.compute(), chunks: .explicit(randomChunks(x.shape, &random)))
                result = try await x.selected(where: other - other / numbers[0] * numbers[0] .== 0).compute()
            case "nonzero":
                let found = try await (x - x / numbers[0] * numbers[0]).nonzero()
                result = try await session.stack(found).compute()
            case "selectLeading":
                let shape = Array(x.shape.prefix(test.which ?? 0))
                let mask = session.array(numbers.map { $0 != 0 }, shape: shape, chunks: .explicit(randomChunks(shape, &random)))
                result = try await x.selected(where: mask).compute()
            case "indices":
                result = try await session.indices(x.shape, chunks: .explicit(randomChunks(x.shape, &random))).compute()
            case "argWhere": result = try await (x - x / numbers[0] * numbers[0]).argWhere().compute()
            default: result = try await (x - x / numbers[0] * numbers[0]).flatNonzero().compute()
            }
            #expect(result.shape == test.resultShape, "\(test.testDescription)")
            #expect(result.elements == test.result, "\(test.testDescription), chunks \(x.chunks)")
        }
    }

    @Test func overlaps() async throws {
        var random = SplitMix64(seed: 5)
        let session = Session(workers: 3)
        let tests = try ShapeCase.all().filter { $0.op == "overlap" }
        #expect(tests.count > 5)
        for test in tests {
            let x: NDArray<Int> = sources(test, session, &random)[0]
            let depth = test.numbers ?? []
            let boundary: OverlapBoundary<Int> =
                switch test.mode {
                case "periodic": .periodic
                case "reflect": .reflect
                case "nearest": .nearest
                case "constant": .constant(5)
                default: .none
                }
            let sums = x.mapOverlap(depth: depth, boundary: boundary, to: Int.self) { chunk, output in
                let shape = chunk.position.region.shape
                for place in output.indices {
                    var index = shape, rest = place
                    for axis in shape.indices.reversed() {
                        index[axis] = rest % shape[axis] + chunk.before[axis]
                        rest /= shape[axis]
                    }
                    let low = index.indices.map { max(index[$0] - depth[$0], 0) }
                    let high = index.indices.map { min(index[$0] + depth[$0] + 1, chunk.shape[$0]) }
                    let window = chunk.array.box(Region(start: low, shape: zip(low, high).map { $1 - $0 }))
                    output[place] = window.elements.reduce(0, +)
                }
            }
            #expect(try await sums.compute().elements == test.result, "\(test.testDescription), chunks \(x.chunks)")
            #expect(sums.chunks == x.chunks)
        }
    }
}

extension ShapeCase {
    func apply<T: Labelled>(_ arrays: [NDArray<T>]) throws -> NDArray<T> {
        let x = arrays[0], numbers = numbers ?? [], session = x.session
        switch op {
        case "slice": return x.sliced(try (indices ?? []).map(index))
        case "transpose": return x.transposed(numbers)
        case "swapAxes": return x.swappingAxes(numbers[0], numbers[1])
        case "moveAxis": return x.movingAxis(numbers[0], to: numbers[1])
        case "moveAxes": return x.movingAxes(Array(numbers.prefix(2)), to: Array(numbers.suffix(2)))
        case "flip": return x.flipped(axes: numbers)
        case "expand": return x.expandingDimensions(at: numbers)
        case "squeeze": return numbers == [0, 2, 4] ? x.squeezed() : x.squeezed(axes: numbers)
        case "broadcast": return x.broadcast(to: numbers)
        case "rotate": return x.rotated90(times: numbers[0], axes: (numbers[1], numbers[2]))
        case "reshape": return x.reshaped(to: numbers)
        case "concatenate": return session.concatenate(arrays, axis: numbers[0])
        case "stack": return session.stack(arrays, axis: numbers[0])
        case "hstack": return session.hstack(arrays)
        case "vstack": return session.vstack(arrays)
        case "dstack": return session.dstack(arrays)
        case "block": return session.block([Array(arrays.prefix(2)), Array(arrays.suffix(2))])
        case "split": return x.split(into: numbers[0], axis: numbers[1])[numbers[2]]
        case "splitUnevenly": return x.splitUnevenly(into: numbers[0], axis: numbers[1])[numbers[2]]
        case "splitAt": return x.split(at: numbers, axis: axis ?? 0)[which ?? 0]
        case "insert": return x.inserting(arrays[1], at: numbers[0], axis: axis ?? 0)
        case "delete": return x.deleting(numbers, axis: axis ?? 0)
        case "repeat": return x.repeated(numbers[0], axis: axis)
        case "repeatCounts": return x.repeated(numbers, axis: axis ?? 0)
        case "tile": return x.tiled(numbers)
        case "roll": return axis.map { x.rolled(by: numbers[0], axis: $0) } ?? x.rolled(by: numbers[0])
        case "pad":
            let widths = stride(from: 0, to: numbers.count, by: 2).map { (numbers[$0], numbers[$0 + 1]) }
            let mode: PaddingMode<T> =
                switch self.mode {
                case "edge": .edge
                case "reflect": .reflect
                case "symmetric": .symmetric
                case "wrap": .wrap
                default: .constant(.label(7))
                }
            return x.padded(widths, mode: mode)
        case "diagonal": return x.diagonal(offset: numbers[0], axes: (numbers[1], numbers[2]))
        case "diagonalMatrix": return x.diagonalMatrix(offset: numbers[0])
        case "lower": return x.lowerTriangle(diagonal: numbers[0])
        case "upper": return x.upperTriangle(diagonal: numbers[0])
        case "replace":
            return x.replacing(try (indices ?? []).map(index), with: arrays[1])
        case "points":
            let count = numbers.count / x.rank
            return x.elements(at: (0..<x.rank).map { Array(numbers[($0 * count)..<(($0 + 1) * count)]) })
        case "takeAlong":
            let shape = Array(numbers.suffix(x.rank))
            return x.takeAlong(session.array(Array(numbers.dropLast(x.rank)), shape: shape, chunks: 2), axis: axis ?? -1)
        case "meshgrid": return session.meshgrid(arrays, indexing: mode == "ij" ? .matrix : .cartesian)[which ?? 0]
        case "take": return x.take(numbers, axis: axis ?? 0)
        default: throw Unknown(op: op)
        }
    }

    struct Unknown: Error { var op: String }

    private func index(_ text: String) throws -> ArrayIndex {
        if text == "new" { return .newAxis }
        if text == "..." { return .ellipsis }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 1, let position = Int(text) { return .at(position) }
        guard parts.count == 3, let step = Int(parts[2]) else { throw Unknown(op: text) }
        return .range(Int(parts[0]), Int(parts[1]), step: step)
    }
}
