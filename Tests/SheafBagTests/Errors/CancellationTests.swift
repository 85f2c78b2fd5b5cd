import Foundation
import Sheaf
import Testing

@Suite(.serialized) struct CancellationTests {
    /// Jobs that would take minutes, or for ever; the closure has to be called for each element.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// The elements seen when the job is cancelled.
        var after = 1000
        /// The elements that one partition has, if they are not without end: fewer have to be seen.
        var size = Int.max
        var run: @Sendable (Session, String, @escaping @Sendable (Int) -> Int) async throws -> Void

        init(
            _ name: String, after: Int = 1000, size: Int = .max,
            run: @escaping @Sendable (Session, String, @escaping @Sendable (Int) -> Int) async throws -> Void
        ) {
            testDescription = name
            self.after = after
            self.size = size
            self.run = run
        }
    }

    static let many = 1 << 50, some = 1 << 20

    static let cases = [
        Case("range") { session, _, body in _ = try await session.bag(0..<many, partitions: 3).map(body).count() },
        Case("flatMap") { session, _, body in
            _ = try await session.bag(0..<many, partitions: 3).flatMap { [$0, $0] }.map(body).filter { _ in false }.collect()
        },
        Case("take") { session, _, body in
            _ = try await session.bag(0..<many, partitions: 3).map(body).filter { $0 < 0 }.first()
        },
        Case("combining") { session, _, body in
            _ = try await session.bag(0..<many, partitions: 3).map { (body($0) % 100, 1) }.reduceByKey(.sum, partitions: 3).count()
        },
        Case("spilling shuffle", after: 100_000) { session, _, body in
            _ = try await session.bag(0..<many, partitions: 3).map { (body($0), 1) }.groupByKey(partitions: 3).count()
        },
        Case("spilling sum", after: 100_000) { session, _, body in
            _ = try await session.bag(0..<many, partitions: 3).map { (body($0), 1) }.reduceByKey(.sum, partitions: 3).count()
        },
        Case("persist", after: 100_000) { session, _, body in _ = try await session.bag(0..<many, partitions: 3).map(body).persist() },
        Case("write", after: 20_000) { session, path, body in
            _ = try await session.bag(0..<many, partitions: 3).map(body).write(text: path + "-written")
        },
        Case("sequence", size: some) { session, _, body in
            _ = try await session.bag(Array(0..<2 * some), partitions: 2).map(body).map { slow($0) }.count()
        },
        Case("kept bag", size: some) { session, _, body in
            _ = try await session.bag(0..<2 * some, partitions: 2).persist().map(body).map { slow($0) }.count()
        },
        Case("delayed partitions", size: some) { session, _, body in
            _ = try await session.bag(parts: [Array(0..<some)]).map(body).map { slow($0) }.count()
        },
        Case("lines", size: some) { session, path, body in
            _ = try await session.lines(of: path, as: UTF8Slice.self).map { body($0.count) }.map { slow($0) }.count()
        },
    ]

    @Test(
        "Cancelling a long job ends it soon, and leaves nothing in memory and no file behind", .timeLimit(.minutes(2)), arguments: cases,
        [1, 3])
    func cancel(_ job: Case, _ workers: Int) async throws {
        try await withFolder { folder async throws in
            try FileManager.default.createDirectory(atPath: "\(folder)/spill", withIntermediateDirectories: true)
            let path = try write(String(repeating: "some line\n", count: Self.some).utf8, to: "lines", in: folder)
            let options = SessionOptions(workers: workers, memory: 1 << 20, spillFolder: "\(folder)/spill", spillLimit: 64 << 20)
            try await withSession(options) { session async throws in
                let calls = Counter()
                let begun = AsyncStream.makeStream(of: Void.self)
                let running = Task {
                    try await job.run(session, path) { number in
                        if calls.increment() == job.after { begun.continuation.finish() }
                        return number
                    }
                }
                // Until the job is well under way.
                for await _ in begun.stream {}
                running.cancel()
                await #expect(throws: CancellationError.self) { try await running.value }
                #expect(calls.value < job.size)
                try await eventually { try await session.usedBytes() == 0 }
                #expect(try names(in: "\(folder)/spill") == [])
                try await eventually { (try? names(in: path + "-written"))?.isEmpty != false }
                #expect(try await session.bag(0..<100).sum() == 4950, "the session goes on")
            }
        }
    }

    @Test("A cancelled task does not even begin a job")
    func beforeTheStart() async throws {
        let calls = Counter()
        try await withSession { session async throws in
            let running = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                _ = try await session.bag(0..<10).map { number in
                    calls.increment()
                    return number
                }.collect()
            }
            await #expect(throws: CancellationError.self) { try await running.value }
        }
        #expect(calls.value == 0)
    }

    @Test("A loop over elements() ends when its task is cancelled")
    func elements() async throws {
        try await withSession { session async throws in
            let elements = try await session.bag(0..<100).elements()
            let running = Task {
                for try await element in elements where element == 10 { withUnsafeCurrentTask { $0?.cancel() } }
            }
            await #expect(throws: CancellationError.self) { try await running.value }
        }
    }
}

/// Takes long enough that millions of calls would outlast any test.
@Sendable private func slow(_ number: Int) -> Int {
    var random = SplitMix64(seed: UInt64(bitPattern: Int64(number)))
    return (0..<2000).reduce(0) { sum, _ in sum &+ Int(truncatingIfNeeded: random.next()) }
}
