import Sheaf

/// Tasks that make tasks: a recursive sum whose shape is not known beforehand.
@main struct DynamicTasks: Program {
    @Argument var count = 100_000

    func run(in session: Session) async throws {
        print(try await sum(0..<count, session).compute())
    }

    /// While it waits for its halves a task holds no thread, so any depth will do.
    func sum(_ range: Range<Int>, _ session: Session) -> Delayed<Int> {
        session.delayed(async: { () async throws -> Int in
            if range.count <= 10_000 { return range.reduce(0, +) }
            let middle = range.lowerBound + range.count / 2
            async let left = sum(range.lowerBound..<middle, session).compute()
            async let right = sum(middle..<range.upperBound, session).compute()
            return try await left + right
        })
    }
}
