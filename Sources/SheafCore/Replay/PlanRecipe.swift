/// How a worker makes a plan again: which workflow to call on what, and what its plans have returned so far.
package struct PlanRecipe: Sendable {
    /// The call of the workflow that the plan belongs to; unique.
    package var call: String
    package var workflow: String
    package var input: [UInt8]
    package var conditions: Conditions
    /// What has happened in this call of the workflow, in order.
    package var history: [Event]
    /// The plan that is wanted.
    package var plan: PlanIdentity
    /// Constants of the plan's graph that workers do not have, so that they are sent with the calls that take them. Stays in this process.
    package var sentConstants: Set<Int> = []

    /// The recipe's name: workers that have followed it once need not be told it again.
    package var token: String { "\(call)/\(plan.number)" }

    /// What plans depend on beside the workflow.
    package struct Conditions: Sendable, Hashable {
        package var engine: String
        package var taskOverhead: Double
        package var workers: Int
        package var memory: Int
        package var seed: UInt64
    }

    package enum Event: Sendable {
        /// A plan was begun.
        case begun(PlanIdentity)
        /// An output of a plan was there, with this number and size.
        case output(PlanIdentity, position: Int, ValueRef)
        /// A plan has ended.
        case ended(PlanIdentity)
        /// A plan has ended with an error, as ``RecordedError`` writes it.
        case failed(PlanIdentity, [UInt8])
        /// The workflow was given a value, as ``NodeValue`` writes it.
        case fetched(UInt64, [UInt8])
        /// The workflow stored a value.
        case stored(ValueRef)
        /// The workflow did something that is not repeated, and this came of it.
        case done([UInt8])
        /// The workflow called an object, and this came of it; the call's key.
        case called(UInt64, [UInt8])
    }
}

/// A plan among those of one call of a workflow. Two that look the same are told apart by their number among these.
package struct PlanIdentity: Sendable, Hashable {
    /// Of all plans of the call, in the order in which they were begun there.
    package var number: Int
    /// Of the plan's form: its functions, edges and outputs.
    package var fingerprint: UInt64
    /// How many plans of this form were begun before.
    package var occurrence: Int
}

extension PlanRecipe {
    /// Everything as a tuple, for which there is a codec.
    private typealias Written = (
        (String, String, [UInt8]), (String, Double, Int, Int, UInt64), [(UInt8, PlanIdentity, [ValueRef], UInt64, [UInt8])], PlanIdentity
    )
    private static let codec = ValueCodec<Written>.find()!

    package func encoded() throws -> [UInt8] {
        let none = PlanIdentity(number: 0, fingerprint: 0, occurrence: 0)
        let events = history.map { event -> (UInt8, PlanIdentity, [ValueRef], UInt64, [UInt8]) in
            switch event {
            case .begun(let plan): (0, plan, [], 0, [])
            case .output(let plan, let position, let ref): (1, plan, [ref], UInt64(position), [])
            case .ended(let plan): (5, plan, [], 0, [])
            case .failed(let plan, let error): (6, plan, [], 0, error)
            case .fetched(let id, let bytes): (2, none, [], id, bytes)
            case .stored(let ref): (3, none, [ref], 0, [])
            case .done(let bytes): (4, none, [], 0, bytes)
            case .called(let key, let bytes): (7, none, [], key, bytes)
            }
        }
        let c = conditions
        var bytes: [UInt8] = []
        try Self.codec.write(
            ((call, workflow, input), (c.engine, c.taskOverhead, c.workers, c.memory, c.seed), events, plan), &bytes)
        return bytes
    }

    /// - Throws: ``EngineError`` for bytes that are no recipe.
    package init(_ bytes: UnsafeRawBufferPointer) throws {
        var reader = SpillReader(bytes)
        let written: Written
        do { written = try Self.codec.read(&reader) } catch {
            throw EngineError(.protocolViolation, "\(bytes.count) bytes that are no recipe of a plan", cause: error)
        }
        let (names, c, events, plan) = written
        guard reader.isAtEnd else { throw EngineError(.protocolViolation, "a recipe with bytes too many") }
        (call, workflow, input) = names
        conditions = Conditions(engine: c.0, taskOverhead: c.1, workers: c.2, memory: c.3, seed: c.4)
        history = try events.map { kind, plan, refs, id, bytes in
            switch kind {
            case 0: return .begun(plan)
            case 1 where refs.count == 1: return .output(plan, position: Int(truncatingIfNeeded: id), refs[0])
            case 2: return .fetched(id, bytes)
            case 3 where refs.count == 1: return .stored(refs[0])
            case 4: return .done(bytes)
            case 5: return .ended(plan)
            case 6: return .failed(plan, bytes)
            case 7: return .called(id, bytes)
            default: throw EngineError(.protocolViolation, "a recipe with an event of the unknown kind \(kind)")
            }
        }
        self.plan = plan
    }
}

extension Graph {
    /// A hash of the graph that is the same in every process of the program: functions, the lines that made them, edges,
    /// outputs, and those constants that are numbers and texts. (Of other constants only the type is seen, and what closures have captured is not.)
    package func fingerprint(outputs: [NodeID]) -> UInt64 {
        var hash = Fingerprint()
        // Nodes that one line made share their attributes.
        var places: [Int: UInt64] = [:]
        for node in 0..<count {
            hash.add(function(node).name)
            let attributes = attributesIndex(node)
            let place = places[attributes] ?? Fingerprint("\(self.attributes[attributes].location)").value
            places[attributes] = place
            hash.add(place)
            for position in argumentRange(node) {
                let argument = arguments[position]
                if argument.isConstant { hash.add(constants[argument.index]) } else { hash.add(UInt64(argument.raw)) }
            }
        }
        for output in outputs { hash.add(UInt64(output)) }
        return hash.value
    }
}

/// FNV-1a, since the standard library's `Hasher` begins elsewhere in each process.
struct Fingerprint {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    init() {}
    init(_ text: String) { add(text) }

    mutating func add(_ number: UInt64) { value = (value ^ number) &* 0x0000_0100_0000_01b3 }

    mutating func add(_ text: String) {
        for byte in text.utf8 { add(UInt64(byte)) }
        add(0x100)
    }

    mutating func add(_ bytes: [UInt8]) {
        for byte in bytes { add(UInt64(byte)) }
        add(0x103)
    }

    mutating func add(_ constant: AnyValue) {
        switch constant {
        case let constant as TypedValue<Int>: add(UInt64(bitPattern: Int64(constant.value)))
        case let constant as TypedValue<Double>: add(constant.value.bitPattern)
        case let constant as TypedValue<String>: add(constant.value)
        case let constant as TypedValue<[Int]> where constant.value.count < 1000:
            for number in constant.value { add(UInt64(bitPattern: Int64(number))) }
        default: add(0x102)
        }
    }
}
