internal import ArgumentParser
internal import SheafCore

/// How a command ended: its exit status and what is left to say.
struct ExitReport: Sendable, Equatable {
    var status: Int32
    /// For standard output: a help screen that was asked for.
    var output = ""
    /// For standard error.
    var message = ""

    static let success: Int32 = 0
    /// The run failed.
    static let failure: Int32 = 1
    /// The command line is wrong.
    static let usage: Int32 = 2

    /// The status of a command that a signal ended, as shells give it: 130 for Ctrl-C.
    static func interrupted(by signal: Int32) -> Int32 { 128 + signal }

    init(status: Int32, output: String = "", message: String = "") {
        self.status = status
        self.output = output
        self.message = message
    }

    /// - Parameters:
    ///   - error: what `command` threw, while parsed or run.
    ///   - signal: the one that interrupted it before, if one did.
    init(_ error: any Error, of command: any ParsableCommand.Type, signal: Int32?) {
        if let signal {
            self.init(status: Self.interrupted(by: signal), message: "Interrupted.")
            return
        }
        if error is CancellationError {
            self.init(status: Self.failure, message: "Error: the run was cancelled")
            return
        }
        let code = command.exitCode(for: error)
        let text = command.fullMessage(for: error)
        if code.isSuccess {
            self.init(status: Self.success, output: text)
        } else {
            self.init(status: code == .validationFailure ? Self.usage : code.rawValue, message: text)
        }
    }
}
