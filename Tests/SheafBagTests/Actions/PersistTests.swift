import Sheaf
import Testing

@Suite struct PersistTests {
    @Test("A kept bag is computed once and read many times", .timeLimit(.minutes(1)), arguments: [StorageLevel.memory, .disk], Setup.few)
    func computedOnce(_ level: StorageLevel, _ setup: Setup) async throws {
        let calls = Counter()
        try await withSession(setup.options) { session async throws in
            var kept: Bag<String>? = try await session.bag(0..<300, partitions: setup.partitions).map { number in
                calls.increment()
                return "number \(number)"
            }.persist(level)
            #expect(calls.value == 300)
            let expected = (0..<300).map { "number \($0)" }
            for _ in 0..<2 {
                #expect(try await kept!.collect() == expected)
                #expect(try await kept!.map { $0.utf8.count }.sum() == expected.reduce(0) { $0 + $1.utf8.count })
                #expect(try await kept!.take(2) == ["number 0", "number 1"])
            }
            #expect(try kept!.partitionCount() == setup.partitions)
            #expect(calls.value == 300)
            // Let go with the last bag that refers to it.
            let derived = kept!.filter { _ in true }
            kept = nil
            #expect(try await derived.count() == 300)
        }
    }

    @Test("What is kept leaves memory with the last bag that refers to it", .timeLimit(.minutes(1)))
    func release() async throws {
        try await withSession { session async throws in
            do {
                let kept = try await session.bag(0..<50_000, partitions: 4).persist()
                #expect(try await session.usedBytes() >= 50_000 * 8)
                #expect(try await kept.count() == 50_000)
            }
            try await eventually { try await session.usedBytes() == 0 }
        }
    }

    @Test("On disk a kept bag takes next to no memory, and is written there at once")
    func onDisk() async throws {
        let (_, observed) = try await observing { session async throws in
            let kept = try await session.bag(0..<50_000, partitions: 4).persist(.disk)
            #expect(try await session.usedBytes() < 10_000)
            #expect(try await kept.collect() == Array(0..<50_000))
        }
        #expect(observed.spilledBytes == 50_000 * 8)
    }

    @Test("Elements that cannot be written are refused for the disk, and kept in memory")
    func withoutCodec() async throws {
        final class Thing: Sendable, Equatable {
            static func == (a: Thing, b: Thing) -> Bool { a === b }
        }
        let things = [Thing(), Thing(), Thing()]
        try await withSession { session async throws in
            let bag = session.bag(things, partitions: 2)
            let line: UInt32 = #line + 1
            let error = await #expect(throws: PlanError.self) { try await bag.persist(.disk) }
            #expect(error?.code == .unsupported)
            #expect(error?.location?.line == line)
            #expect(try await bag.persist(.memory).collect() == things)
        }
    }

    @Test("elements() walks through the bag in order, partition after partition", arguments: Setup.few)
    func elements(_ setup: Setup) async throws {
        try await withSession(setup.options) { session async throws in
            let bag = session.bag(0..<30_000, partitions: setup.partitions).map { $0 * 2 }
            var next = 0
            for try await element in try await bag.elements() {
                guard element == next else { break }
                next += 2
            }
            #expect(next == 60_000)
            var sparse = try await session.bag(parts: [[], [1], [], [2, 3], []]).elements().makeAsyncIterator()
            var found: [Int] = []
            while let element = try await sparse.next() { found.append(element) }
            #expect(found == [1, 2, 3])
            #expect(try await sparse.next() == nil)
        }
    }

    @Test("A loop over elements() can be left early, and a second one begins again", .timeLimit(.minutes(1)))
    func elementsTwice() async throws {
        try await withSession { session async throws in
            do {
                let elements = try await session.bag(0..<20_000, partitions: 3).elements()
                for _ in 0..<2 {
                    var found: [Int] = []
                    for try await element in elements {
                        found.append(element)
                        if found.count == 3 { break }
                    }
                    #expect(found == [0, 1, 2])
                }
            }
            try await eventually { try await session.usedBytes() == 0 }
        }
    }
}
