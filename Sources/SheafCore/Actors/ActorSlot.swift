internal import Synchronization

/// Where the state of one object is, whatever its type.
package final class ActorSlot: Sendable {
    private let held = Locked<(any Sendable)?>(nil)

    package init() {}

    /// In a process that is there for one object.
    static let ofProcess = ActorSlot()

    func put(_ state: some Sendable) { held.withLock { $0 = state } }

    /// Lets go of the state.
    package func clear() {
        // Its end may take a while, and is not under the lock.
        let gone = held.withLock { held in
            defer { held = nil }
            return held
        }
        withExtendedLifetime(gone) {}
    }

    /// - Throws: ``EngineError`` (`.protocolViolation`) where no object of the type is.
    func state<State>(as _: State.Type, for method: String) throws -> ActorState<State> {
        guard let state = held.withLock({ $0 }) as? ActorState<State> else {
            throw EngineError(.protocolViolation, "the method “\(method)” was called where no object of the type “\(State.self)” lives")
        }
        return state
    }
}

/// The state of an object. It goes from call to call, one at a time, and is never used by two.
final class ActorState<State>: @unchecked Sendable {
    /// Behind a pointer: an `async` method borrows it for as long as it waits.
    let value: UnsafeMutablePointer<State>

    init(_ state: State) {
        value = .allocate(capacity: 1)
        value.initialize(to: state)
    }

    deinit {
        value.deinitialize(count: 1)
        value.deallocate()
    }
}

// In a worker, an object is made and its methods are called like functions. All are `async` there, so that a call can be told that it is
// cancelled by its task.

extension ActorType: ResolvableFunction {
    func resolved(_ passing: NodeFunction.Passing) -> NodeFunction? {
        passing == .whole ? NodeFunction(name, body, output: ValueFormat(Void.self)) : nil
    }

    func argumentFormats(_ passing: NodeFunction.Passing) -> ArgumentFormats? {
        passing == .whole ? .each([ValueFormat(Input.self)]) : nil
    }
}

extension ActorMethod: ResolvableFunction {
    func resolved(_ passing: NodeFunction.Passing) -> NodeFunction? {
        passing == .whole ? NodeFunction(name, body, output: ValueFormat(Output.self)) : nil
    }

    func argumentFormats(_ passing: NodeFunction.Passing) -> ArgumentFormats? {
        passing == .whole ? .each([ValueFormat(Input.self)]) : nil
    }
}

extension NodeFunction {
    fileprivate convenience init(
        _ name: String, _ body: @escaping @Sendable (ActorSlot, AnyValue) async throws -> AnyValue, output: ValueFormat
    ) {
        self.init(
            name: name, body: .async { scope in try await body(.ofProcess, scope.arguments[0]) }, passing: .whole, output: output,
            batch: nil)
    }
}
