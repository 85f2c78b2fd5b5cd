public import SheafCore

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension EngineConformance {
    /// What a case works with: a session on a fresh engine, and a folder of its own.
    public struct Context: Sendable {
        public let session: Session
        let folder: TemporaryFolder

        public var engine: any Engine { session.engine }

        /// A path for a file of this case.
        public func path(_ name: String) -> String { folder.path(name) }

        /// Writes a file, once.
        func write(_ text: String, to path: String) async throws {
            try await session.once { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
        }

        public func expect(_ condition: Bool, _ message: @autoclosure () -> String, fileID: StaticString = #fileID, line: UInt = #line)
            throws
        {
            if !condition { throw ConformanceFailure(message(), location: SourceLocation(fileID: fileID, line: line)) }
        }

        public func expectEqual<T: Equatable>(
            _ actual: T, _ expected: T, _ what: @autoclosure () -> String = "the result", fileID: StaticString = #fileID, line: UInt = #line
        ) throws {
            try expect(actual == expected, "\(what()) is \(actual), expected \(expected)", fileID: fileID, line: line)
        }

        /// Calls `body`, which has to throw an error of type `E`, and returns that error.
        @discardableResult
        public func expectError<E: Error, R>(
            _ type: E.Type = E.self, fileID: StaticString = #fileID, line: UInt = #line, _ body: () async throws -> R
        ) async throws -> E {
            let location = SourceLocation(fileID: fileID, line: line)
            do { _ = try await body() } catch let error as E {
                return error
            } catch {
                // A plan that the engine refuses is for the runner to judge.
                if error is PlanError { throw error }
                throw ConformanceFailure("ended with \(error), expected \(E.self)", location: location)
            }
            throw ConformanceFailure("ended without an error, expected \(E.self)", location: location)
        }

        /// Calls `body` and returns what the session's subscribers heard of the runs it made, up to the end of the last of them.
        public func recording(runs: Int = 1, _ body: (Session) async throws -> Void) async throws -> [SessionEvent] {
            let stream = session.events(.tasks)
            try await body(session)
            var heard: [SessionEvent] = [], ended = 0
            for await event in stream {
                heard.append(event)
                switch event {
                case .runFinished, .runFailed: ended += 1
                default: break
                }
                if ended == runs { break }
            }
            return heard
        }
    }
}

/// An engine that does not do what the suite expects.
public struct ConformanceFailure: Error, CustomStringConvertible {
    public let message: String
    /// The line of the suite that found out.
    public let location: SourceLocation?

    public init(_ message: String, location: SourceLocation? = nil) {
        self.message = message
        self.location = location
    }

    public var description: String { location.map { "\(message) (\($0))" } ?? message }
}

/// Runs `body`, and cancels it and throws when it takes longer than `limit`.
public func withTimeLimit<R: Sendable>(_ limit: Duration, _ body: @escaping @Sendable () async throws -> R) async throws -> R {
    try await withThrowingTaskGroup(of: R?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let result = first else {
            throw ConformanceFailure("did not end within \(limit)")
        }
        return result
    }
}
