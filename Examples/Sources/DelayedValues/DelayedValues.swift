import Sheaf

/// Single lazy values: calls are recorded, and run in parallel when a result is asked for.
@main struct DelayedValues: Program {
    static let square = Function("square") { (x: Int) in x * x }
    static let add = Function("add") { (a: Int, b: Int) in a + b }
    static let functions: [any RegisteredFunction] = [square, add]

    func run(in session: Session) async throws {
        let three = session.delayed(Self.square, 3), four = session.delayed(Self.square, 4)
        let sum = session.delayed(Self.add, three, four)
        print("3² + 4² =", try await sum.compute())

        // A closure will do for this process; a literal can stand for a delayed value.
        let scaled = session.delayed(sum, 10) { $0 * $1 }
        print("ten times that:", try await scaled.compute())

        // Over a list, all at once or as they are completed.
        let squares = session.map(Self.square, over: 1...10)
        print("squares:", try await session.gather(squares).compute())
        for try await (index, value) in session.asCompleted(squares) where value > 50 { print("number \(index) is \(value)") }
    }
}
