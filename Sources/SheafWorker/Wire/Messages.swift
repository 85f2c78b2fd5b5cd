package import SheafCore

/// What a worker says of itself before anything else.
package struct Hello: Sendable, Equatable {
    /// Which build of the program it is; both ends have to be of the same.
    package var program: String
    /// As `uname -m` prints it.
    package var architecture: String
    /// What it can do beyond version 1 of the protocol; unknown ones are ignored.
    package var capabilities: [String]
    /// The names of its functions.
    package var functions: [String]

    package init(program: String, architecture: String, capabilities: [String] = [], functions: [String]) {
        self.program = program
        self.architecture = architecture
        self.capabilities = capabilities
        self.functions = functions
    }

    package func frame() -> [UInt8] {
        var writer = FrameWriter(.hello, call: 0)
        writer.append(program)
        writer.append(architecture)
        for list in [capabilities, functions] {
            writer.append(UInt32(truncatingIfNeeded: list.count))
            for item in list { writer.append(item) }
        }
        return writer.finish()
    }

    package init(payload: [UInt8]) throws {
        self = try payload.withUnsafeBytes { raw in
            var reader = PayloadReader(raw)
            let program = try reader.text(), architecture = try reader.text()
            var lists: [[String]] = []
            for _ in 0..<2 {
                var list: [String] = []
                for _ in 0..<(try reader.integer(UInt32.self)) { list.append(try reader.text()) }
                lists.append(list)
            }
            try reader.expectEnd()
            return Hello(program: program, architecture: architecture, capabilities: lists[0], functions: lists[1])
        }
    }
}

/// Where the bytes of a value are.
package enum EncodedValue: Sendable, Equatable {
    case inline([UInt8])
    /// In the shared memory. A worker may keep the decoded value under its number until it is told to drop it; 0 is nobody's number.
    case shared(number: UInt64, offset: UInt64, count: UInt64)
    /// Bytes whose value the worker keeps under a number until it is told to drop it; in bridge mode.
    case kept(number: UInt64, [UInt8])
    /// A value that it has kept.
    case known(number: UInt64)

    package func write(to writer: inout FrameWriter) {
        switch self {
        case .inline(let bytes):
            writer.append(UInt8(0))
            writer.append(UInt64(bytes.count))
            writer.append(bytes)
        case .shared(let number, let offset, let count):
            writer.append(UInt8(1))
            writer.append(number)
            writer.append(offset)
            writer.append(count)
        case .kept(let number, let bytes):
            writer.append(UInt8(2))
            writer.append(number)
            writer.append(UInt64(bytes.count))
            writer.append(bytes)
        case .known(let number):
            writer.append(UInt8(3))
            writer.append(number)
        }
    }

    package init(_ reader: inout PayloadReader) throws(WireError) {
        switch try reader.integer(UInt8.self) {
        case 0: self = .inline(Array(try reader.take(try reader.integer(UInt64.self))))
        case 1: self = .shared(number: try reader.integer(), offset: try reader.integer(), count: try reader.integer())
        case 2: self = .kept(number: try reader.integer(), Array(try reader.take(try reader.integer(UInt64.self))))
        case 3: self = .known(number: try reader.integer())
        case let tag: throw WireError("a value of the unknown form \(tag)")
        }
    }

    package init(payload: [UInt8]) throws {
        self = try payload.withUnsafeBytes { raw in
            var reader = PayloadReader(raw)
            let value = try EncodedValue(&reader)
            try reader.expectEnd()
            return value
        }
    }
}

/// What a worker in bridge mode does with values, so that those it has are not sent again. The other end decides: it knows how much the
/// worker has.
package struct Keeping: Sendable, Equatable {
    /// Numbers of values that will not be used any more.
    package var dropped: [UInt64]
    /// The number under which to keep the result of the call that comes next, unless it is small; 0 for not at all.
    package var result: UInt64

    /// Results with fewer bytes are not kept.
    package static let smallest = 1 << 16

    package init(dropped: [UInt64] = [], result: UInt64 = 0) {
        self.dropped = dropped
        self.result = result
    }

    package init(payload: [UInt8]) throws {
        self = try payload.withUnsafeBytes { raw in
            var reader = PayloadReader(raw), dropped: [UInt64] = []
            for _ in 0..<(try reader.integer(UInt32.self)) { dropped.append(try reader.integer()) }
            let keeping = Keeping(dropped: dropped, result: try reader.integer())
            try reader.expectEnd()
            return keeping
        }
    }

    package func frame() -> [UInt8] {
        var writer = FrameWriter(.keep, call: 0)
        writer.append(UInt32(truncatingIfNeeded: dropped.count))
        for number in dropped { writer.append(number) }
        writer.append(result)
        return writer.finish()
    }
}

/// What a call runs.
package enum CallTarget: Sendable, Hashable {
    /// A named function, given its arguments in a way.
    case function(String, NodeFunction.Passing)
    /// Named functions one after the other, each of which may take the result of the one before.
    case chain([Step])
    /// A node of the plan that the recipe with this token makes; see ``PlanRecipe``.
    case node(of: String)

    /// A function of a chain.
    package struct Step: Sendable, Hashable {
        package var name: String
        package var passing: NodeFunction.Passing
        /// For each argument, whether it is the result of the step before; the others are the call's.
        package var arePrevious: [Bool]

        package init(name: String, passing: NodeFunction.Passing, arePrevious: [Bool]) {
            self.name = name
            self.passing = passing
            self.arePrevious = arePrevious
        }
    }

    func write(to writer: inout FrameWriter) {
        switch self {
        case .function(let name, let passing):
            writer.append(name)
            writer.append(passing.code)
        case .node(let token):
            writer.append(token)
            writer.append(Self.nodeCode)
        case .chain(let steps):
            writer.append("")
            writer.append(Self.chainCode)
            writer.append(UInt32(truncatingIfNeeded: steps.count))
            for step in steps {
                writer.append(step.name)
                writer.append(step.passing.code)
                writer.append(UInt32(truncatingIfNeeded: step.arePrevious.count))
                for isPrevious in step.arePrevious { writer.append(UInt8(isPrevious ? 1 : 0)) }
            }
        }
    }

    init(_ reader: inout PayloadReader) throws(WireError) {
        let name = try reader.text(), code: UInt8 = try reader.integer()
        switch code {
        case Self.nodeCode: self = .node(of: name)
        case Self.chainCode:
            var steps: [Step] = []
            for _ in 0..<(try reader.integer(UInt32.self)) {
                var step = Step(name: try reader.text(), passing: try NodeFunction.Passing(code: try reader.integer()), arePrevious: [])
                for _ in 0..<(try reader.integer(UInt32.self)) { step.arePrevious.append(try reader.integer(UInt8.self) != 0) }
                steps.append(step)
            }
            guard !steps.isEmpty else { throw WireError("a chain of no functions") }
            self = .chain(steps)
        default: self = .function(name, try NodeFunction.Passing(code: code))
        }
    }

    /// In the place of a way of passing.
    private static let nodeCode: UInt8 = 3, chainCode: UInt8 = 4
}

/// What is to be run, and on what.
package struct CallRequest: Sendable, Equatable {
    package var target: CallTarget
    package var node: UInt32
    package var attempt: UInt32
    package var seed: UInt64
    /// Numbers of values that nobody will use any more.
    package var dropped: [UInt64]
    /// Of a node, those that the worker does not have from making the plan again: other nodes' results, and values that are absent there.
    package var arguments: [EncodedValue]

    package init(
        target: CallTarget, node: UInt32, attempt: UInt32, seed: UInt64, dropped: [UInt64] = [], arguments: [EncodedValue]
    ) {
        self.target = target
        self.node = node
        self.attempt = attempt
        self.seed = seed
        self.dropped = dropped
        self.arguments = arguments
    }

    package func frame(call: UInt32) -> [UInt8] {
        var writer = FrameWriter(.call, call: call)
        writeStart(to: &writer)
        writer.append(UInt32(truncatingIfNeeded: arguments.count))
        for argument in arguments { argument.write(to: &writer) }
        return writer.finish()
    }

    /// The payload up to the arguments, whose count comes next.
    package var prefix: [UInt8] {
        var writer = FrameWriter(.call, call: 0)
        writeStart(to: &writer)
        return Array(writer.bytes[Frame.headerBytes...])
    }

    private func writeStart(to writer: inout FrameWriter) {
        target.write(to: &writer)
        writer.append(node)
        writer.append(attempt)
        writer.append(seed)
        writer.append(UInt32(truncatingIfNeeded: dropped.count))
        for number in dropped { writer.append(number) }
    }

    package init(payload: [UInt8]) throws {
        self = try payload.withUnsafeBytes { raw in
            var reader = PayloadReader(raw)
            let target = try CallTarget(&reader)
            let node: UInt32 = try reader.integer(), attempt: UInt32 = try reader.integer(), seed: UInt64 = try reader.integer()
            var dropped: [UInt64] = [], arguments: [EncodedValue] = []
            for _ in 0..<(try reader.integer(UInt32.self)) { dropped.append(try reader.integer()) }
            for _ in 0..<(try reader.integer(UInt32.self)) { arguments.append(try EncodedValue(&reader)) }
            try reader.expectEnd()
            return CallRequest(
                target: target, node: node, attempt: attempt, seed: seed, dropped: dropped, arguments: arguments)
        }
    }
}

extension NodeFunction.Passing {
    fileprivate var code: UInt8 {
        switch self {
        case .whole: 0
        case .tuple: 1
        case .list: 2
        }
    }

    fileprivate init(code: UInt8) throws(WireError) {
        switch code {
        case 0: self = .whole
        case 1: self = .tuple
        case 2: self = .list
        default: throw WireError("an unknown way of passing")
        }
    }
}
