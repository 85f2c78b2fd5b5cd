import Foundation
import Sheaf
import Testing

@Suite struct CancellationTests {
    /// Jobs that would take hours, or for ever; the closure has to be called for each element.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var run: @Sendable (Session, String, @escaping @Sendable (Int) -> Int) async throws -> Void

        init(_ name: String, run: @escaping @Sendable (Session, String, @escaping @Sendable (Int) -> Int) async throws -> Void) {
            testDescription = name
            self.run = run
        }
    }

    static let cases = [
        Case("range") { session, _, body in _ = try await session.bag(0..<1 << 50, partitions: 3).map(body).count() },
        Case("sequence") { session, _, body in
            _ = try await session.bag(Array(0..<3_000_000), partitions: 2).map(body).map { slow($0) }.count()
        },
        Case("flatMap") { session, _, body in
            let endless = session.bag(0..<1 << 50, partitions: 3).flatMap { [$0, $0] }
            _ = try await endless.map(body).filter { _ in false }.collect()
        },
        Case("shuffle") { session, _, body in
            _ = try await session.bag(0..<1 << 50, partitions: 3).map { (body($0) % 100, 1) }.reduceByKey(.sum, partitions: 3).count()
        },
        Case("spilling shuffle") { session, _, body in
            _ = try await session.bag(0..<1 << 50, partitions: 3).map { (body($0), 1) }.groupByKey(partitions: 3).count()
        },
        Case("spilling sum") { session, _, body in
            _ = try await session.bag(0..<1 << 50, partitions: 3).map { (body($0), 1) }.reduceByKey(.sum, partitions: 3).count()
        },
        Case("persist") { session, _, body in _ = try await session.bag(0..<1 << 50, partitions: 3).map(body).persist() },
        Case("kept bag") { session, _, body in
            _ = try await session.bag(0..<3_000_000, partitions: 2).persist().map(body).map { slow($0) }.count()
        },
        Case("delayed partitions") { session, _, body in
            _ = try await session.bag(parts: [Array(0..<3_000_000)]).map(body).map { slow($0) }.count()
        },
        Case("lines") { session, path, body in
            _ = try await session.lines(of: path, as: UTF8Slice.self).map { body($0.count) }.map { slow($0) }.count()
        },
        Case("write") { session, path, body in
            _ = try await session.bag(0..<1 << 50, partitions: 3).map(body).write(text: path + "-written")
        },
        Case("take") { session, _, body in
            _ = try await session.bag(0..<1 << 50, partitions: 3).map(body).filter { $0 < 0 }.first()
        },
    ]

    @Test(
        "Cancelling a long job ends it soon, and leaves nothing in memory and no file behind", .timeLimit(.minutes(2)), arguments: cases,
        [1, 3])
    func cancel(_ job: Case, _ workers: Int) async throws {
        try await withFolder { folder async throws in
            try FileManager.default.createDirectory(atPath: "\(folder)/spill", withIntermediateDirectories: true)
            let path = try write(repeatElement(Array("some line\n".utf8), count: 1_000_000).joined(), to: "lines", in: folder)
            let options = SessionOptions(workers: workers, memory: 2 << 20, spillFolder: "\(folder)/spill", spillLimit: 64 << 20)
            try await withSession(options) { session async throws in
                let calls = Counter()
                let begun = AsyncStream.makeStream(of: Void.self)
                let running = Task {
                    try await job.run(session, path) { number in
                        if calls.increment() == 1000 { begun.continuation.finish() }
                        return number
                    }
                }
                // Until a thousand elements have been seen.
                for await _ in begun.stream {}
                running.cancel()
                await #expect(throws: CancellationError.self) { try await running.value }
                try await eventually { try await session.usedBytes() == 0 }
                #expect(try names(in: "\(folder)/spill") == [])
                #expect((try? names(in: path + "-written"))?.isEmpty != false, "no half file is left")
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
