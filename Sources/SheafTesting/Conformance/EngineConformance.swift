public import SheafCore

/// What every engine has to do alike, as a list of cases. The suite, not the adapter, is what makes engines interchangeable.
///
/// ```swift
/// @Test(arguments: EngineConformance.cases)
/// func conforms(_ check: EngineConformance.Case) async throws {
///     try await EngineConformance.run(check) { LocalEngine() }
/// }
/// ```
/// The cases use named functions (``functions``) and files, no shared memory, so they serve engines out of process on the same machine
/// too; the few that need closures say so. Cases lie in files by subject, one list each; a new subject is a new file and a line in
/// ``cases``.
public enum EngineConformance {
    /// All cases.
    public static var cases: [Case] {
        delayed + parameters + values + waiting + dynamic + faults + retries + cancellation + events + lifecycle + bags + arrays + actors
    }

    /// One behaviour that engines have in common.
    public struct Case: Sendable, CustomStringConvertible {
        /// `subject/behaviour`, unique.
        public let name: String
        /// The behaviour, as a sentence.
        public let checks: String
        /// What an engine needs to be able to show it.
        public let requires: [Requirement]
        let body: @Sendable (Context) async throws -> Void

        /// - Parameter body: throws, by ``Context/expect(_:_:fileID:line:)`` or otherwise, when the engine behaves differently.
        public init(
            _ name: String, _ checks: String, requires: [Requirement] = [], body: @escaping @Sendable (Context) async throws -> Void
        ) {
            self.name = name
            self.checks = checks
            self.requires = requires
            self.body = body
        }

        public var description: String { name }
    }

    /// Something that an engine may lack, as its ``Capabilities`` say.
    public struct Requirement: Sendable, Hashable, CustomStringConvertible {
        public let description: String
        private let test: @Sendable (Capabilities) -> Bool

        public init(_ description: String, _ test: @escaping @Sendable (Capabilities) -> Bool) {
            self.description = description
            self.test = test
        }

        public func isMet(by capabilities: Capabilities) -> Bool { test(capabilities) }

        public static func == (left: Self, right: Self) -> Bool { left.description == right.description }
        public func hash(into hasher: inout Hasher) { hasher.combine(description) }

        public static let closures = Requirement("closures", \.closures)
        public static let asyncFunctions = Requirement("async functions", \.asyncFunctions)
        public static let retries = Requirement("retries", \.retries)
    }

    /// A case that an engine is known to fail although its capabilities do not say so. It has to go on failing: once it passes, the
    /// entry has to be removed.
    public struct ExpectedGap: Sendable {
        public let name: String
        public let reason: String
        /// How long to wait for a failure that shows as a hang.
        public let timeLimit: Duration

        public init(_ name: String, _ reason: String, timeLimit: Duration = .seconds(2)) {
            self.name = name
            self.reason = reason
            self.timeLimit = timeLimit
        }
    }

    /// How a case ended that did not fail.
    public enum Outcome: Sendable, Equatable {
        case passed
        /// It cannot pass on this engine, as expected: what is missing.
        case gap(String)
    }

    /// Runs a case on an engine of its own.
    ///
    /// A case whose requirements the engine's capabilities do not meet has to end with a ``PlanError`` before anything runs, and one of
    /// `expectedGaps` has to fail in any way; anything else means that a gap has closed unnoticed, which is a failure too.
    ///
    /// - Parameters:
    ///   - makeEngine: starts the engine; the case shuts it down.
    /// - Throws: ``ConformanceFailure``, or what the case threw.
    ///   - asWorkflow: whether the case is run as a ``workflow``, so that all its tasks run on the engine.
    @discardableResult
    public static func run(
        _ check: Case, expectedGaps: [ExpectedGap] = [], timeLimit: Duration = .seconds(60), asWorkflow: Bool = false,
        engine makeEngine: @Sendable () async throws -> any Engine
    ) async throws -> Outcome {
        let engine = try await makeEngine()
        let folder = try TemporaryFolder()
        let context = Context(session: Session(engine: engine), folder: folder)
        var capabilities = engine.capabilities
        if asWorkflow { capabilities.closures = true }
        let missing = check.requires.filter { !$0.isMet(by: capabilities) }
        let expected = expectedGaps.first { $0.name == check.name }
        let result: Result<Void, any Error>
        do {
            try await withTimeLimit(expected?.timeLimit ?? timeLimit) {
                if asWorkflow {
                    try await context.session.run(workflow, CaseInput(name: check.name, folder: folder.path))
                } else {
                    try await check.body(context)
                }
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await context.session.close()
        return try judge(result, check, missing, expected, engine.capabilities.engine)
    }

    /// Runs a case, in a folder. A program that is to be its own worker under the suite registers it.
    public static let workflow = Workflow<CaseInput, Void>("conformance") { session, input in
        guard let check = cases.first(where: { $0.name == input.name }) else { throw ConformanceFailure("there is no case \(input.name)") }
        try await check.body(Context(session: session, folder: TemporaryFolder(of: input.folder)))
    }

    /// A case by its name, and where it puts files.
    public struct CaseInput: Codable, Sendable {
        let name: String
        let folder: String
    }

    private static func judge(
        _ result: Result<Void, any Error>, _ check: Case, _ missing: [Requirement], _ expected: ExpectedGap?, _ engine: String
    ) throws -> Outcome {
        if let gap = missing.first {
            switch result {
            case .failure(let error as PlanError) where error.code == .unsupported || error.code == .closureNotPortable:
                return .gap(gap.description)
            case .failure(let error):
                throw ConformanceFailure(
                    "“\(engine)” declares that it lacks \(gap), but \(check) ended with \(error) instead of a PlanError")
            case .success:
                throw ConformanceFailure("“\(engine)” declares that it lacks \(gap), but passes \(check): the gap has closed")
            }
        }
        if let expected {
            if case .failure = result { return .gap(expected.reason) }
            throw ConformanceFailure("“\(engine)” now passes \(check): remove it from the expected gaps (\(expected.reason))")
        }
        try result.get()
        return .passed
    }
}
