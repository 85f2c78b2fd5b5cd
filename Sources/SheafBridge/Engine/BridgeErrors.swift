internal import SheafCore
internal import SheafWorker

extension TaskFailure {
    static let buildHint =
        "build it for the workers' machines: swift build -c release --static-swift-stdlib, or -Xswiftc -static-executable"

    /// The error that a run ends with.
    ///
    /// - Parameters:
    ///   - node: the node whose task it is, if it is one's.
    func error(_ node: NodeID?, attempt: Int, in job: Job, _ kind: BridgeKind) -> any Error {
        let engine = kind.title
        let label = node.map { job.graph.name($0) } ?? "a task", place = worker.isEmpty ? "" : " on \(worker)"
        let error: any Error
        switch self.kind {
        case .failure:
            do {
                guard let payload else { throw WireError("no error") }
                error = try Failure(payload: payload).error
            } catch {
                return EngineError(.protocolViolation, "the error of \(label) cannot be read: \(text)", cause: error)
            }
        case .crashed:
            error = TaskError(.crashed, "the program ended while it ran \(label)\(place): \(text)")
        case .lost:
            error = TaskError(
                .workerLost, "\(engine) lost the workers that ran \(label)", cause: RemoteError.unlessEmpty(text),
                hint: "look whether it takes more memory than they have, which ends them")
        case .cancelled:
            error = EngineError(.engineFailed, "\(engine) cancelled \(label)", cause: RemoteError.unlessEmpty(text))
        case .program:
            error = EngineError(
                .wrongProgram, "the program cannot run\(place): \(text)", hint: Self.buildHint)
        case .resources:
            error = EngineError(
                .unsupported, "\(engine) would wait for ever: \(text)",
                hint: "start workers with these resources, or change the `hints` of the node")
        case .engine:
            error = EngineError(.engineFailed, "\(engine) failed\(node == nil ? "" : " at \(label)")", cause: RemoteError.unlessEmpty(text))
        }
        guard let node else { return error }
        return Self.placed(error, node, attempt: attempt, in: job)
    }

    /// Adds the node, where it was made, and who needed it.
    private static func placed(_ error: any Error, _ node: NodeID, attempt: Int, in job: Job) -> any Error {
        let graph = job.graph, location = graph.attributes(node).location
        switch error {
        case var error as TaskError:
            error.node = graph.name(node)
            error.nodeID = node
            error.location = location
            error.attempt = attempt
            error.chain += chain(from: node, in: graph)
            return error
        case var error as EngineError:
            error.node = error.node ?? graph.name(node)
            error.location = error.location ?? location
            return error
        case var error as PlanError:
            error.node = error.node ?? graph.name(node)
            error.location = error.location ?? location
            return error
        default: return error
        }
    }

    private static func chain(from node: NodeID, in graph: Graph) -> [String] {
        var chain = [graph.name(node)], current = node
        // Whoever needs a node comes after it.
        while chain.count < 32,
            let next = (current + 1..<max(graph.count, current + 1)).first(where: { graph.inputs($0).contains(current) })
        {
            chain.append(graph.name(next))
            current = next
        }
        return chain
    }
}

extension Answer {
    /// The error that an answer tells of.
    ///
    /// - Parameter isConnecting: whether it is the answer to whether the engine can be reached.
    func error(_ what: String, _ kind: BridgeKind, address: String, isConnecting: Bool) -> EngineError? {
        guard let problem else { return nil }
        let cause = RemoteError.unlessEmpty(problem.text)
        if problem.kind == "program" {
            return EngineError(.wrongProgram, "the program cannot run on \(kind.title): \(problem.text)", hint: TaskFailure.buildHint)
        }
        guard isConnecting else { return EngineError(.engineFailed, "\(kind.title) could not \(what)", cause: cause) }
        if address.isEmpty { return EngineError(.unreachable, "\(kind.title) could not be started here", cause: cause) }
        return kind.unreachable(at: address, problem.text)
    }
}

extension BridgeKind {
    func unreachable(at address: String, _ reason: String) -> EngineError {
        EngineError(
            .unreachable, "\(title) cannot be reached at \(address)", cause: RemoteError.unlessEmpty(reason),
            hint: "start one, for example with: sheaf up \(name)")
    }
}

extension SidecarClient.Greeting {
    /// The oldest Python that serves.
    private static let oldest = [3, 11]

    /// - Throws: ``EngineError`` (`.missingLibrary`) when the Python lacks something.
    package func check() throws {
        let place = "the Python at \(interpreter.path) (from \(interpreter.origin))"
        guard !python.split(separator: ".").compactMap({ Int($0) }).lexicographicallyPrecedes(Self.oldest) else {
            throw EngineError(.missingLibrary, "\(place) is \(python), and 3.11 is needed", hint: PythonInterpreter.hint)
        }
        guard missing.isEmpty else {
            throw EngineError(.missingLibrary, "\(place) has no \(missing.joined(separator: ", "))", hint: PythonInterpreter.hint)
        }
    }
}
