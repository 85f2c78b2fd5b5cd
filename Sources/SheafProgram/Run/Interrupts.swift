internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Turns signals into cancellation: the first one cancels, the second ends the process at once.
struct Interrupts: Sendable {
    /// Calls the handler for each signal, from then on until what it returns is called.
    var listen: @Sendable (_ handler: @escaping @Sendable (Int32) -> Void) -> () -> Void
    /// Says something to who sent the signal.
    var announce: @Sendable (String) -> Void
    /// Ends the process with a status, without anything else.
    var end: @Sendable (Int32) -> Void

    /// Ctrl-C (SIGINT) and SIGTERM.
    static let process = Interrupts(
        listen: { handler in listen(to: [SIGINT, SIGTERM], handler) },
        announce: { text in
            Terminal.standardError.eraseLine()
            Terminal.standardError.write(text)
        },
        end: { _exit($0) })

    /// Nothing interrupts.
    static let none = Interrupts(listen: { _ in {} }, announce: { _ in }, end: { _ in })

    /// Runs `body` in a task that the first signal cancels.
    ///
    /// - Returns: what `body` returned, and the first signal, if one came.
    func cancelling<R: Sendable>(_ body: @escaping @Sendable () async -> R) async -> (result: R, signal: Int32?) {
        let task = Task { await body() }
        let received = Received()
        let stop = listen { number in
            if received.first(number) {
                announce("Stopping. Press Ctrl-C again to end at once.\n")
                task.cancel()
            } else {
                announce("")
                end(ExitReport.interrupted(by: number))
            }
        }
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        stop()
        return (result, received.signal)
    }

    private static func listen(to signals: [Int32], _ handler: @escaping @Sendable (Int32) -> Void) -> () -> Void {
        let queue = DispatchQueue(label: "sheaf.signals")
        var undo: [() -> Void] = []
        for number in signals {
            // The default action would end the process before the source hears of the signal.
            let previous = signal(number, SIG_IGN)
            // Who starts a program with the signal ignored, as `nohup` does, wants it to stay so.
            guard unsafeBitCast(previous, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self) else { continue }
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { handler(number) }
            source.activate()
            undo.append {
                source.cancel()
                _ = signal(number, previous)
            }
        }
        return { for action in undo { action() } }
    }

    /// The first signal that came.
    private final class Received: Sendable {
        private let number = Atomic<Int32>(0)

        /// Whether this is the first.
        func first(_ signal: Int32) -> Bool {
            number.compareExchange(expected: 0, desired: signal, ordering: .relaxed).exchanged
        }

        var signal: Int32? {
            let number = number.load(ordering: .relaxed)
            return number == 0 ? nil : number
        }
    }
}
