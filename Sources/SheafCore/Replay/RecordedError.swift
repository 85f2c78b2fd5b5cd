internal import Foundation

/// An error that a plan ended with, as a worker that repeats the workflow is given it: the workflow may look at it.
struct RecordedError: Codable {
    private enum Kind: String, Codable { case task, engine, plan, cancelled, other }

    private var kind: Kind
    private var code = ""
    private var message = ""
    private var node: String?
    private var hint: String?
    private var cause: String?
    private var nodeID: Int?
    private var attempt = 1
    private var chain: [String] = []
    private var record: RecordPosition?

    static func encode(_ error: any Error) -> [UInt8] {
        // Nothing in it can fail to be encoded.
        (try? Array(JSONEncoder().encode(RecordedError(error)))) ?? []
    }

    static func decode(_ bytes: [UInt8]) -> any Error {
        do { return try JSONDecoder().decode(RecordedError.self, from: Data(bytes)).error } catch { return error }
    }

    private init(_ error: any Error) {
        switch error {
        case is CancellationError: kind = .cancelled
        case let error as TaskError:
            kind = .task
            nodeID = error.nodeID
            attempt = error.attempt
            chain = error.chain
            record = error.record
        case is EngineError: kind = .engine
        case is PlanError: kind = .plan
        default:
            kind = .other
            message = "\(error)"
        }
        guard let error = error as? any SheafError else { return }
        code = error.code.rawValue
        message = error.message
        node = error.node
        hint = error.hint
        cause = error.cause.map { "\($0)" }
    }

    private var error: any Error {
        let code = ErrorCode(rawValue: code), cause = cause.map(Text.init)
        switch kind {
        case .cancelled: return CancellationError()
        case .engine: return EngineError(code, message, node: node, cause: cause, hint: hint)
        case .plan: return PlanError(code, message, node: node, cause: cause, hint: hint)
        case .task:
            return TaskError(
                code, message, node: node, cause: cause, hint: hint, nodeID: nodeID, attempt: attempt, chain: chain, record: record)
        case .other: return Text(description: message)
        }
    }

    private struct Text: Error, CustomStringConvertible { var description: String }
}
