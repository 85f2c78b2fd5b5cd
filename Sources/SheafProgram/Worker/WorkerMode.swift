internal import SheafCore

/// What an executable does when it is started as a worker, by the environment variable `SHEAF_WORKER`.
///
/// With `describe` it prints one JSON object about itself and ends: the protocol's version, the program's name, the hash of its file, the
/// architecture, and its functions, each with name and signature. With `serve` it runs them for the process that started it: see
/// `Worker` of SheafWorker.
enum WorkerMode {
    static let variable = "SHEAF_WORKER"
    static let protocolVersion = 1

    static func report(_ request: String, program: String, functions: [any RegisteredFunction]) -> ExitReport {
        guard request == "describe" else {
            let error = PlanError(
                .invalidArgument, "\(variable)=“\(request)” is nothing that this program can do as a worker",
                hint: "it knows \(variable)=describe; unset the variable to run the program itself")
            return ExitReport(status: ExitReport.usage, message: "Error: \(error)")
        }
        do {
            _ = try FunctionRegistry(functions)
            return ExitReport(status: ExitReport.success, output: description(of: program, try .current(), functions))
        } catch {
            return ExitReport(status: ExitReport.failure, message: "Error: \(error)")
        }
    }

    static func description(of program: String, _ image: ProgramImage, _ functions: [any RegisteredFunction]) -> String {
        let list = functions.sorted { $0.name < $1.name }.map { function in
            JSONText.object(["name": JSONText.quoted(function.name), "signature": JSONText.quoted(function.signature)])
        }
        return JSONText.object([
            "protocol": "\(protocolVersion)", "program": JSONText.quoted(program), "contentHash": JSONText.quoted(image.contentHash),
            "architecture": JSONText.quoted(image.architecture), "functions": JSONText.array(list),
        ])
    }
}
