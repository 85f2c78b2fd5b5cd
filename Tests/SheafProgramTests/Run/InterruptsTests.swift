import SheafCore
import Synchronization
import Testing

@testable import SheafProgram

/// Signals that a test sends itself.
private final class Signals: Sendable {
    private struct State { var handler: (@Sendable (Int32) -> Void)?; var announced: [String] = []; var ended: [Int32] = [] }
    private let state = Mutex(State())

    var interrupts: Interrupts {
        Interrupts(
            listen: { [self] handler in
                state.withLock { $0.handler = handler }
                return { [self] in state.withLock { $0.handler = nil } }
            },
            announce: { [self] text in state.withLock { $0.announced.append(text) } },
            end: { [self] status in state.withLock { $0.ended.append(status) } })
    }

    func send(_ signal: Int32) { state.withLock(\.handler)?(signal) }
    var isListening: Bool { state.withLock { $0.handler != nil } }
    var announced: [String] { state.withLock(\.announced) }
    var ended: [Int32] { state.withLock(\.ended) }
}

@Suite("A signal cancels what runs")
struct InterruptsTests {
    /// Waits until it is cancelled.
    private struct Waiting: Program {
        static let session = Mutex<Session?>(nil)
        @TaskLocal static var signals: Signals?

        func run(in session: Session) async throws {
            Self.session.withLock { $0 = session }
            let signals = Self.signals
            let task = session.delayed(
                Delayed(1),
                async: { (_: Int) -> Int in
                    signals?.send(2)
                    try await Task.sleep(for: .seconds(600))
                    return 1
                })
            _ = try await task.compute()
        }
    }

    @Test("Ctrl-C ends a run with 130, closes its session, and says that a second one ends at once")
    func interrupted() async throws {
        let signals = Signals()
        let report = await Waiting.$signals.withValue(signals) {
            await CommandRunner.launch(Waiting.self, arguments: ["--workers", "1"], interrupts: signals.interrupts)
        }
        #expect(report == ExitReport(status: 130, message: "Interrupted."))
        #expect(signals.announced.count == 1)
        #expect(signals.announced.first?.contains("again") == true)
        #expect(signals.ended.isEmpty)
        #expect(!signals.isListening)
        let last = Waiting.session.withLock { $0 }
        let session = try #require(last)
        await #expect(throws: EngineError.self) { try await session.delayed(Delayed(1)) { (one: Int) in one }.compute() }
    }

    @Test("the second signal ends the process at once, with its own status")
    func second() async {
        let signals = Signals()
        let (result, signal) = await signals.interrupts.cancelling {
            signals.send(2)
            signals.send(15)
            return Task.isCancelled
        }
        #expect(result)
        #expect(signal == 2)
        #expect(signals.ended == [143])
    }

    @Test("a run that ends well in spite of a signal is a success")
    func ignored() async {
        struct Deaf: Program {
            @TaskLocal static var signals: Signals?
            func run(in session: Session) async throws { Self.signals?.send(15) }
        }
        let signals = Signals()
        let report = await Deaf.$signals.withValue(signals) {
            await CommandRunner.launch(Deaf.self, arguments: [], interrupts: signals.interrupts)
        }
        #expect(report == ExitReport(status: 0))
    }

    @Test("cancelling the caller cancels the body, without a signal")
    func caller() async {
        let task = Task {
            await Interrupts.none.cancelling {
                do { try await Task.sleep(for: .seconds(600)) } catch { return true }
                return false
            }
        }
        task.cancel()
        let (wasCancelled, signal) = await task.value
        #expect(wasCancelled)
        #expect(signal == nil)
    }

    @Test("a cancelled run without a signal is a failure")
    func cancellation() {
        #expect(ExitReport(CancellationError(), of: Waiting.self, signal: nil).status == 1)
        #expect(ExitReport(CancellationError(), of: Waiting.self, signal: 2).status == 130)
        #expect(ExitReport(EngineError(.closed, "shut down"), of: Waiting.self, signal: 15).status == 143)
    }
}
