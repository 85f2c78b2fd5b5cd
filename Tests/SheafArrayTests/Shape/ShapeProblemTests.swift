import SheafArray
import SheafCore
import SheafLocal
import Testing

@Suite("Shape operations that cannot be planned")
struct ShapeProblemTests {
    private let session = Session(workers: 1)
    private var x: NDArray<Int> { session.array(Array(0..<12), shape: [3, 4], chunks: 2) }

    private func code<T>(_ array: NDArray<T>) -> ErrorCode? {
        do {
            try array.validated()
            return nil
        } catch {
            #expect(error.location != nil)
            return error.code
        }
    }

    @Test func indices() async throws {
        #expect(code(x[3]) == .indexOutOfRange)
        #expect(code(x[0, -5]) == .indexOutOfRange)
        #expect(code(x[0, 0, 0]) == .invalidArgument)
        #expect(code(x[.ellipsis, .ellipsis]) == .invalidArgument)
        #expect(code(x[.range(step: 0)]) == .invalidArgument)
        #expect(code(x[5..<9]) == nil)
        #expect(code(x.take([0, 4], axis: 0)) == .indexOutOfRange)
        #expect(code(x.deleting([7])) == .indexOutOfRange)
        #expect(code(x.inserting(x, at: 9)) == .indexOutOfRange)
        #expect(code(x.chunk(0, 2)) == .indexOutOfRange)
        #expect(code(x.elements(at: [[0], [4]])) == .indexOutOfRange)
        #expect(code(x.replacing([3], with: x)) == .indexOutOfRange)
        await #expect(throws: PlanError.self) { try await x.take(session.array([99])) }
        let along = await #expect(throws: TaskError.self) {
            try await x.takeAlong(session.array([[4]].flatMap(\.self), shape: [1, 1])).compute()
        }
        #expect((along?.cause as? PlanError)?.code == .indexOutOfRange)
        let error = await #expect(throws: PlanError.self) { try await (x[3] + 1).compute() }
        #expect(error?.message.contains("[3, 4]") == true)
        #expect(error?.location.map { "\($0)".contains("ShapeProblemTests") } == true)
    }

    @Test func shapes() async throws {
        let y = session.array(Array(0..<10), shape: [5, 2])
        #expect(code(x.reshaped(to: [5, 2])) == .shapeMismatch)
        #expect(code(x.reshaped(to: [-1, 5])) == .shapeMismatch)
        #expect(code(x.reshaped(to: [-1, -1])) == .invalidArgument)
        #expect(code(x.broadcast(to: [3, 3])) == .shapeMismatch)
        #expect(code(session.concatenate([x, y])) == .shapeMismatch)
        #expect(code(session.concatenate([x], axis: 2)) == .invalidArgument)
        #expect(code(session.concatenate([NDArray<Int>]())) == .invalidArgument)
        #expect(code(session.stack([x, y])) == .shapeMismatch)
        #expect(code(x.repeated([1, 2], axis: 0)) == .shapeMismatch)
        #expect(code(x.elements(at: [[0]])) == .shapeMismatch)
        #expect(code(x.replacing([.all, .range(0, 2)], with: x)) == .shapeMismatch)
        #expect(session.broadcast([x, session.array([1])]).map(\.shape) == [[3, 4], [3, 4]])
        #expect(code(session.broadcast([x, y])[0]) == .shapeMismatch)
        #expect(code(session.meshgrid([x])[0]) == .invalidArgument)
        await #expect(throws: PlanError.self) { try await x.selected(where: y .== 0) }
        await #expect(throws: PlanError.self) { try await x.compressed(where: session.array([true, false, true, true]), axis: 0) }
        // The first problem is the one that is told.
        #expect(code(x[9].reshaped(to: [77])) == .indexOutOfRange)
    }

    @Test func arguments() {
        #expect(code(x.transposed([0])) == .invalidArgument)
        #expect(code(x.transposed([0, 0])) == .invalidArgument)
        #expect(code(x.swappingAxes(0, 2)) == .invalidArgument)
        #expect(code(x.squeezed(axes: [0])) == .invalidArgument)
        #expect(code(x.split(into: 2, axis: 0)[0]) == .invalidArgument)
        #expect(code(x.padded([(1, 1)])) == .invalidArgument)
        #expect(code(x.padded(-1)) == .invalidArgument)
        #expect(code(session.zeros(Int.self, shape: [0]).padded(1, mode: .edge)) == .invalidArgument)
        #expect(code(x.rolled(by: [1], axes: [0, 1])) == .invalidArgument)
        #expect(code(x.repeated(-1, axis: 0)) == .invalidArgument)
        #expect(code(x.tiled([-1])) == .invalidArgument)
        #expect(code(x[0].lowerTriangle()) == .invalidArgument)
        #expect(code(x.diagonalMatrix()) == .invalidArgument)
        #expect(code(x.rechunked([0, 1])) == .invalidArgument)
        #expect(code(x.rechunked(axes: [5: 1])) == .invalidArgument)
        #expect(code(x.mapOverlap(depth: [1]) { (_: OverlappedChunk<Int>, _: UnsafeMutableBufferPointer<Int>) in }) == .invalidArgument)
        #expect(code(x.mapChunks(chunks: [[1]]) { chunk, _ in chunk }) == .invalidArgument)
        #expect(code(x.differences(order: -1)) == .invalidArgument)
    }

    @Test("literals and ranges as indices")
    func literals() async throws {
        let i = 1
        #expect(try await x[0, 1..<3, .newAxis].compute().shape == [2, 1])
        #expect(try await x[.ellipsis, -1].compute().elements == [3, 7, 11])
        #expect(try await x[i, 2...].compute().elements == [6, 7])
        #expect(try await x[...1, ..<2].compute().elements == [0, 1, 4, 5])
        #expect(try await x[0...(-1) + 2, 0].compute().elements == [0, 4])
        #expect(try await x[1...2, .range(0..<4, step: -2)].compute().elements == [7, 5, 11, 9])
        #expect(try await x[.range(step: -1), .range(1, -1)].compute().elements == [9, 10, 5, 6, 1, 2])
        #expect(try await x[-1].compute().elements == [8, 9, 10, 11])
        #expect(try await x[2, 3].item() == 11)
        #expect(try await x[...(-1)].compute().shape == [3, 4])
    }
}
