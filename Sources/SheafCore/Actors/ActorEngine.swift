/// An engine on which objects can live.
public protocol ActorEngine: Engine {
    /// Makes an object: finds a place for it, and calls there what makes its state. Cancelling the task tells the call.
    ///
    /// - Throws: what the call throws, ``ActorGone`` when the place was lost meanwhile, ``PlanError`` (`.notSerializable`) before anything
    ///   is sent. Nothing is left of the place then.
    func makeActor(_ make: ActorCall) async throws -> any ActorPlace
}

/// Where one object lives: a process, or a part of this one.
public protocol ActorPlace: Sendable {
    /// Does a call. There is one at a time, whoever holds the place sees to that. Cancelling the task tells the call, which ends when it
    /// likes.
    ///
    /// - Throws: what the call throws, ``ActorGone`` when the object is no more, ``PlanError`` (`.notSerializable`) before anything is sent.
    func call(_ call: ActorCall) async throws -> AnyValue

    /// Ends the object. A call that runs is not waited for: its process is ended, or it is told where it shares this one.
    func end() async
}

/// The call of a method, or of what makes an object.
public struct ActorCall: Sendable {
    /// The method's name.
    public let name: String
    /// The line that called it.
    public let location: SourceLocation
    /// What it is given.
    package let input: AnyValue
    package let output: ValueFormat
    /// Whether it takes a thread until it ends.
    package let isSynchronous: Bool
    /// What it does in the process in which the object lives.
    package let body: @Sendable (ActorSlot, AnyValue) async throws -> AnyValue

    /// What it is given, as it is sent to another process.
    ///
    /// - Throws: ``PlanError`` (`.notSerializable`).
    package func inputBytes() throws -> [UInt8] { try input.encoded("what “\(name)” is given") }

    /// How what it returns is laid out.
    ///
    /// - Throws: ``PlanError`` (`.notSerializable`).
    package func resultCodec() throws -> AnyCodec {
        guard let codec = output.codec else { throw PortableFunction.notEncodable(output, "what “\(name)” returns") }
        return codec
    }
}

/// An object is no more: its process has ended, or the engine has lost it.
public struct ActorGone: Error, Sendable {
    /// Whether the call had begun, or may have. One that had not is done by the object that takes the place of this one.
    public var hasBegun: Bool
    /// What happened to which process, as the middle of a sentence: “the process 12 was ended by SIGKILL”.
    public var how: String
    /// What it said last.
    public var cause: (any Error)?

    public init(hasBegun: Bool, how: String, cause: (any Error)? = nil) {
        self.hasBegun = hasBegun
        self.how = how
        self.cause = cause
    }
}
