internal import Foundation

/// A registered function that can be run on arguments whose types are only known at run time, as those of a graph read from a file are.
protocol ResolvableFunction: RegisteredFunction {
    /// - Returns: `nil` when the input cannot be made in that way: a list for a function that takes no array.
    func resolved(_ passing: NodeFunction.Passing) -> NodeFunction?
    /// The types of the arguments it then takes.
    func argumentFormats(_ passing: NodeFunction.Passing) -> ArgumentFormats?
}

/// The types of a function's arguments.
package enum ArgumentFormats: Sendable {
    /// One for each argument.
    case each([ValueFormat])
    /// Any number of arguments of one type.
    case all(ValueFormat)
}

extension Function: ResolvableFunction {
    func resolved(_ passing: NodeFunction.Passing) -> NodeFunction? {
        guard let gather = Self.gathering(passing) else { return nil }
        let body: NodeFunction.Body
        if let synchronous {
            body = .sync { scope in TypedValue(try synchronous(try gather((0..<scope.argumentCount).map { scope.reference($0) }))) }
        } else {
            let asynchronous = asynchronous!
            body = .async { scope in TypedValue(try await asynchronous(try gather(scope.arguments))) }
        }
        return NodeFunction(name: name, body: body, passing: passing, output: ValueFormat(Output.self))
    }

    func argumentFormats(_ passing: NodeFunction.Passing) -> ArgumentFormats? {
        switch passing {
        case .whole: .each([ValueFormat(Input.self)])
        case .tuple: TupleLayout(Input.self).map { .each($0.elements.map { ValueFormat($0.type) }) }
        case .list: (Input.self as? any (ListInput & SendableMetatype).Type).map { .all($0.element) }
        }
    }

    private static func gathering(_ passing: NodeFunction.Passing) -> (@Sendable ([AnyValue]) throws -> Input)? {
        switch passing {
        case .whole:
            return { values in
                try checkCount(values, 1)
                return try values[0].checked(as: Input.self)
            }
        case .tuple:
            guard let layout = TupleLayout(Input.self) else { return nil }
            return { values in
                try checkCount(values, layout.elements.count)
                return try layout.tuple(of: values)
            }
        case .list:
            guard let list = Input.self as? any (ListInput & SendableMetatype).Type else { return nil }
            return { try list.gathered($0) as! Input }
        }
    }

    private static func checkCount(_ values: [AnyValue], _ wanted: Int) throws {
        guard values.count == wanted else {
            throw PlanError(.notSerializable, "a function of type \(Self.self) was given \(values.count) arguments instead of \(wanted)")
        }
    }
}

/// Arrays, whose elements can come from one argument each.
private protocol ListInput {
    static func gathered(_ values: [AnyValue]) throws -> Any
    static var element: ValueFormat { get }
}

extension Array: ListInput {
    fileprivate static var element: ValueFormat { ValueFormat(Element.self) }
    fileprivate static func gathered(_ values: [AnyValue]) throws -> Any { try values.map { try $0.checked(as: Element.self) } }
}

extension TupleLayout {
    fileprivate func tuple<T>(of values: [AnyValue]) throws -> T {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(MemoryLayout<T>.size, 1), alignment: MemoryLayout<T>.alignment)
        defer { memory.deallocate() }
        var undo: [() -> Void] = []
        do {
            for (element, value) in zip(elements, values) { undo.append(try Self.place(element, value, in: memory)) }
        } catch {
            for step in undo { step() }
            throw error
        }
        return memory.assumingMemoryBound(to: T.self).move()
    }

    /// Initialises an element, and returns what undoes that.
    private static func place(_ element: Element, _ value: AnyValue, in memory: UnsafeMutableRawPointer) throws -> () -> Void {
        func open<E>(_: E.Type) throws -> () -> Void {
            let slot = (memory + element.offset).bindMemory(to: E.self, capacity: 1)
            slot.initialize(to: try value.checked(as: E.self))
            return { slot.deinitialize(count: 1) }
        }
        return try _openExistential(element.type, do: open)
    }
}

extension AnyValue {
    /// The value as a `T`, decoded if it was read from a file, or an error: the checked counterpart of ``TaskScope/argument(_:as:)``.
    func checked<T>(as type: T.Type) throws -> T {
        if let encoded = self as? EncodedConstant { return try encoded.decoded(as: T.self) }
        guard let value = untyped as? T else {
            throw PlanError(
                .notSerializable, "an argument is of type “\(self.type)” where “\(T.self)” is expected",
                hint: "has the function changed since the graph was written?")
        }
        return value
    }
}

/// A constant read from a file, whose type is not known here; the function that takes it knows.
final class EncodedConstant: AnyValue, @unchecked Sendable {
    let constant: SerializedGraph.Constant

    init(_ constant: SerializedGraph.Constant) {
        self.constant = constant
        super.init(byteCount: MemoryLayout<SerializedGraph.Constant>.size)
    }

    override var untyped: any Sendable { constant.value }
    override var type: Any.Type { JSONValue.self }

    func decoded<T>(as type: T.Type) throws -> T {
        guard constant.type == String(reflecting: T.self), let decodable = T.self as? any Decodable.Type else {
            throw PlanError(
                .notSerializable, "a constant of type “\(constant.type)” stands where “\(String(reflecting: T.self))” is expected")
        }
        return try constant.decode(as: decodable) as! T
    }
}

extension SerializedGraph.Constant {
    /// The value in its own type if that is one of the common ones, else still encoded.
    func decoded() throws -> AnyValue {
        guard let type = Self.common[self.type] else { return EncodedConstant(self) }
        func typed<T: CommonConstant>(_: T.Type) throws -> AnyValue { TypedValue(try decode(as: T.self)) }
        do { return try typed(type) } catch {
            throw PlanError(.notSerializable, "a constant does not fit its type “\(self.type)”", cause: error)
        }
    }

    private typealias CommonConstant = Decodable & Sendable
    private static let common: [String: any CommonConstant.Type] = {
        let scalars: [any CommonConstant.Type] = [
            Bool.self, String.self, Double.self, Float.self, Int.self, Int8.self, Int16.self, Int32.self, Int64.self,
            UInt.self, UInt8.self, UInt16.self, UInt32.self, UInt64.self,
        ]
        var types: [String: any CommonConstant.Type] = [:]
        func add<T: CommonConstant>(_: T.Type) {
            types[String(reflecting: T.self)] = T.self
            types[String(reflecting: [T].self)] = [T].self
            types[String(reflecting: T?.self)] = T?.self
        }
        for scalar in scalars { add(scalar) }
        return types
    }()
}
