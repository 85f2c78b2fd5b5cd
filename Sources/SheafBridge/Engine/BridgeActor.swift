public import SheafCore
internal import SheafWorker
internal import Synchronization

/// An object on an engine behind a sidecar, as one of that engine's actors.
final class BridgeActor: ActorPlace {
    private let name: String
    private let engine: BridgeEngine

    private init(_ name: String, _ engine: BridgeEngine) {
        self.name = name
        self.engine = engine
    }

    static func made(_ make: ActorCall, on engine: BridgeEngine) async throws -> BridgeActor {
        let place = BridgeActor("a\(engine.table.newNumber())", engine), call = try Encoded(make)
        do { _ = try await place.ask(call, isFirst: true) } catch {
            await place.end()
            throw error
        }
        return place
    }

    func call(_ call: ActorCall) async throws -> AnyValue { try await ask(try Encoded(call), isFirst: false) }

    func end() async { engine.client.send { [name] in ClientMessage.endActor(name) } }

    /// A call as it is sent.
    private struct Encoded: Sendable {
        let name: String
        let prefix: [UInt8]
        let input: [UInt8]
        let result: AnyCodec

        init(_ call: ActorCall) throws {
            name = call.name
            prefix = CallRequest(call, arguments: []).prefix
            input = try call.inputBytes()
            result = try call.resultCodec()
        }
    }

    /// What is known of a call here, so that it is told of its cancellation exactly when it has been sent.
    private struct Sent {
        var number: Int?
        var isCancelled = false
    }

    private func ask(_ call: Encoded, isFirst: Bool) async throws -> AnyValue {
        let sent = Box(Sent()), client = engine.client
        // Not given up when the caller is: the call is told, and goes on until it ends.
        let answer = Task { [name] in
            try await client.ask("call “\(call.name)” of an object") { number in
                sent.state.withLock { sent in
                    if sent.isCancelled { return }
                    sent.number = number
                    client.send {
                        isFirst
                            ? ClientMessage.makeActor(number, name, prefix: call.prefix, input: call.input)
                            : ClientMessage.callActor(number, name, prefix: call.prefix, input: call.input)
                    }
                }
                if sent.state.withLock({ $0.number }) == nil { throw CancellationError() }
                return nil
            }
        }
        let found = try await withTaskCancellationHandler {
            try await answer.value
        } onCancel: { [name] in
            let number = sent.state.withLock { sent in
                sent.isCancelled = true
                return sent.number
            }
            if let number { client.send { ClientMessage.cancelActor(name, call: number) } }
        }
        guard found.problem == nil else { throw problem(found, call) }
        return try (found.value ?? []).withUnsafeBytes { try call.result.decode($0) }
    }

    private final class Box<State: Sendable>: Sendable {
        let state: Locked<State>
        init(_ state: State) { self.state = Locked(state) }
    }

    private func problem(_ answer: Answer, _ call: Encoded) -> any Error {
        let kind = answer.problem?.kind ?? "", text = RemoteError.unlessEmpty(answer.problem?.text ?? ""), title = engine.kind.title
        switch kind {
        case "failure":
            do { return try Failure(payload: answer.value ?? []).error } catch {
                return EngineError(.protocolViolation, "the error of “\(call.name)” cannot be read", cause: error)
            }
        case "crashed": return ActorGone(hasBegun: true, how: "a process on \(title) ended", cause: text)
        case "gone": return ActorGone(hasBegun: false, how: "a process on \(title) had ended", cause: text)
        case "lost": return ActorGone(hasBegun: true, how: "\(title) lost a worker", cause: text)
        case "cancelled": return CancellationError()
        default:
            return answer.error("call “\(call.name)” of an object", engine.kind, address: "", isConnecting: false)
                ?? EngineError(.protocolViolation, "\(title) said nothing of a call of “\(call.name)”")
        }
    }
}

extension BridgeEngine: ActorEngine {
    /// Makes an object as an actor of the engine behind the sidecar; on the workers that it chooses, in a process of this program.
    public func makeActor(_ make: ActorCall) async throws -> any ActorPlace { try await BridgeActor.made(make, on: self) }
}
