package import SheafCore

/// An error on its way to another process. What it was caused by arrives as text.
package struct Failure: Sendable, Equatable {
    package enum Kind: UInt8, Sendable {
        case task, engine, plan, cancelled
    }

    package var kind: Kind
    package var code = ""
    package var message = ""
    package var hint = ""
    package var cause = ""
    package var file = ""
    package var line: UInt64 = 0
    package var text = ""

    /// - Parameter record: the input record that was being processed.
    package init(_ error: any Error, record: RecordPosition? = nil) {
        var record = record
        switch error {
        case is CancellationError: kind = .cancelled
        case let error as TaskError:
            kind = .task
            record = error.record ?? record
        case is EngineError: kind = .engine
        case is PlanError: kind = .plan
        default:
            kind = .task
            code = ErrorCode.failed.rawValue
            message = "a task failed: \(error)"
            cause = "\(error)"
        }
        if let error = error as? any SheafError {
            code = error.code.rawValue
            message = error.message
            hint = error.hint ?? ""
            cause = error.cause.map { "\($0)" } ?? ""
        }
        if let record {
            file = record.file
            line = UInt64(clamping: record.line)
            text = record.text
        }
    }

    /// The error again.
    package var error: any Error {
        let code = ErrorCode(rawValue: code), cause = cause.isEmpty ? nil : RemoteError(description: cause),
            hint = hint.isEmpty ? nil : hint
        switch kind {
        case .cancelled: return CancellationError()
        case .engine: return EngineError(code, message, cause: cause, hint: hint)
        case .plan: return PlanError(code, message, cause: cause, hint: hint)
        case .task:
            let record = file.isEmpty ? nil : RecordPosition(file: file, line: Int(clamping: line), text: text)
            return TaskError(code, message, cause: cause, hint: hint, record: record)
        }
    }

    package func frame(call: UInt32) -> [UInt8] {
        var writer = FrameWriter(.failure, call: call)
        writer.append(kind.rawValue)
        for field in [code, message, hint, cause, file, text] { writer.append(field) }
        writer.append(line)
        return writer.finish()
    }

    package init(payload: [UInt8]) throws {
        self = try payload.withUnsafeBytes { raw in
            var reader = PayloadReader(raw)
            guard let kind = Kind(rawValue: try reader.integer()) else { throw WireError("an error of an unknown kind") }
            var failure = Failure(kind)
            failure.code = try reader.text()
            failure.message = try reader.text()
            failure.hint = try reader.text()
            failure.cause = try reader.text()
            failure.file = try reader.text()
            failure.text = try reader.text()
            failure.line = try reader.integer()
            try reader.expectEnd()
            return failure
        }
    }

    private init(_ kind: Kind) { self.kind = kind }
}

/// An error of another process, as its text.
public struct RemoteError: Error, Sendable, CustomStringConvertible {
    public let description: String
}
