internal import Foundation
public import SheafCore

extension Session {
    /// The values of files that hold one JSON value on each line; blank lines are left out.
    ///
    /// - Parameters:
    ///   - paths: names or glob patterns, as for ``lines(of:as:options:)-…``; compressed files too.
    ///   - policy: what to do with a line that is not a `Value`.
    /// - Throws: when run, with `.fail`: ``TaskError`` (`.malformedRecord`) with file, line number and text.
    public func jsonLines<Value: Decodable & Sendable & SendableMetatype>(
        of paths: [String], as type: Value.Type = Value.self, onError policy: FailurePolicy = .fail, options: TextOptions = TextOptions(),
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> Bag<Value> {
        lines(of: paths, as: UTF8Slice.self, options: options)
            .filtering(Operation("nonblank")) { $0.withBytes { !$0.allSatisfy(isSpace) } }
            .parse(onError: policy, fileID: fileID, line: line) { slice in
                do {
                    return try slice.withBytes { try JSONDecoder().decode(Value.self, from: Data($0)) }
                } catch let error as DecodingError {
                    throw JSONLineError(error)
                }
            }
    }

    /// The values of one file of JSON lines, or of those a glob pattern matches.
    public func jsonLines<Value: Decodable & Sendable & SendableMetatype>(
        of path: String, as type: Value.Type = Value.self, onError policy: FailurePolicy = .fail, options: TextOptions = TextOptions(),
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> Bag<Value> {
        jsonLines(of: [path], as: type, onError: policy, options: options, fileID: fileID, line: line)
    }
}

/// What is wrong with a line, in a sentence.
struct JSONLineError: Error, CustomStringConvertible {
    let description: String

    init(_ error: DecodingError) {
        func path(_ context: DecodingError.Context) -> String { context.codingPath.map(\.stringValue).joined(separator: ".") }
        switch error {
        case .keyNotFound(let key, _): description = "the field “\(key.stringValue)” is missing"
        case .typeMismatch(let type, let context): description = "the field “\(path(context))” is not a \(type)"
        case .valueNotFound(let type, let context): description = "the field “\(path(context))” is null, not a \(type)"
        case .dataCorrupted: description = "it is not valid JSON"
        @unknown default: description = "\(error)"
        }
    }
}
