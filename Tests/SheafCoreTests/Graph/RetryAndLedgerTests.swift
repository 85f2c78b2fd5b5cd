import SheafCore
import Testing

@Suite("Retry policy and run ledger")
struct RetryAndLedgerTests {
    @Test("waits grow by the backoff up to the longest, and end with the attempts")
    func delays() {
        let policy = RetryPolicy(attempts: 6, delay: 1, backoff: 3, maximumDelay: 20)
        #expect((1...7).map { policy.delay(afterAttempt: $0) } == [1, 3, 9, 20, 20, nil, nil])
    }

    @Test("the first wait keeps to the longest as well")
    func firstDelay() {
        #expect(RetryPolicy(attempts: 2, delay: 100).delay(afterAttempt: 1) == 60)
    }

    @Test("without a policy there is one attempt")
    func none() {
        #expect(RetryPolicy.none.delay(afterAttempt: 1) == nil)
    }

    @Test("a wait of nothing stays nothing", arguments: 1...4)
    func noDelay(attempt: Int) {
        #expect(RetryPolicy(attempts: 5).delay(afterAttempt: attempt) == 0)
    }

    @Test("a backoff below one shortens the waits")
    func shrinking() {
        let policy = RetryPolicy(attempts: 4, delay: 8, backoff: 0.5)
        #expect((1...3).map { policy.delay(afterAttempt: $0) } == [8, 4, 2])
    }

    static func event(_ kind: TaskEvent.Kind, attempt: Int = 1, node: NodeID = 0) -> TaskEvent {
        TaskEvent(job: 1, node: node, attempt: attempt, worker: 0, nanoseconds: 0, kind: kind, name: "t")
    }

    static let started = TaskEvent.Kind.started, finished = TaskEvent.Kind.finished(bytes: 1)
    static let willRetry = TaskEvent.Kind.failed(message: "", willRetry: true),
        failed = TaskEvent.Kind.failed(message: "", willRetry: false)

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Each with its attempt, and whether it is news.
        let events: [(kind: TaskEvent.Kind, attempt: Int, isNews: Bool)]
    }

    static let cases = [
        Case(testDescription: "repetitions", events: [(started, 1, true), (started, 1, false), (finished, 1, true), (finished, 1, false)]),
        Case(
            testDescription: "a retry",
            events: [(started, 1, true), (willRetry, 1, true), (willRetry, 1, false), (started, 2, true), (finished, 2, true)]),
        Case(
            testDescription: "an older attempt reports late",
            events: [(started, 2, true), (started, 1, false), (finished, 1, false), (willRetry, 1, false), (finished, 2, true)]),
        Case(
            testDescription: "nothing after the last failure",
            events: [(failed, 1, true), (finished, 1, false), (.cancelled, 1, false), (failed, 2, false)]),
        Case(testDescription: "cancelled once", events: [(.cancelled, 1, true), (.cancelled, 1, false), (finished, 1, false)]),
        Case(testDescription: "no failure after success", events: [(finished, 1, true), (failed, 1, false), (willRetry, 2, false)]),
        Case(testDescription: "finished without a start", events: [(finished, 1, true)]),
        Case(
            testDescription: "a value may move again and again",
            events: [(.spilled(bytes: 1), 1, true), (.loaded(bytes: 1), 1, true), (.spilled(bytes: 1), 1, true)]),
    ]

    @Test("repetitions and stale attempts are dropped", arguments: cases)
    func accepts(example: Case) {
        var ledger = RunLedger(outputCount: 0)
        for (index, item) in example.events.enumerated() {
            let isNews = ledger.accept(Self.event(item.kind, attempt: item.attempt))
            #expect(isNews == item.isNews, "event \(index)")
        }
        let isOtherNews = ledger.accept(Self.event(Self.started, node: 1))
        #expect(isOtherNews, "other nodes are not concerned")
    }

    @Test("a second reference for an output, or one for no output, is handed back")
    func storesOnce() {
        var ledger = RunLedger(outputCount: 2)
        let refs = (0..<4).map { ValueRef(id: UInt64($0), byteCount: 1) }
        let back = [
            ledger.store(refs[0], at: 1), ledger.store(refs[1], at: 1), ledger.store(refs[2], at: 2), ledger.store(refs[3], at: -1),
        ]
        #expect(back == [nil, refs[1], refs[2], refs[3]])
        #expect(ledger.outputs == [nil, refs[0]])
    }

    @Test("rejected records add up")
    func rejected() {
        var ledger = RunLedger(outputCount: 0)
        ledger.reject(3)
        ledger.reject(4)
        #expect(ledger.rejected == 7)
    }
}
