/// A registered function as a worker process calls it: its arguments arrive as bytes, and its result leaves as bytes.
package struct PortableFunction: Sendable {
    package let function: NodeFunction
    package let result: AnyCodec
    private let arguments: ArgumentFormats

    /// How an argument is laid out.
    ///
    /// - Throws: ``EngineError`` (`.protocolViolation`) for an argument that the function does not take, ``PlanError`` (`.notSerializable`)
    ///   for one that cannot be encoded.
    package func codec(ofArgument index: Int) throws -> AnyCodec {
        let format: ValueFormat
        switch arguments {
        case .all(let element): format = element
        case .each(let list):
            guard list.indices.contains(index) else {
                throw EngineError(.protocolViolation, "“\(function.name)” takes \(list.count) arguments, and was given more")
            }
            format = list[index]
        }
        guard let codec = format.codec else { throw Self.notEncodable(format, "an argument of “\(function.name)”") }
        return codec
    }

    /// - Throws: ``EngineError`` (`.protocolViolation`) unless the function takes so many arguments.
    package func checkCount(_ count: Int) throws {
        if case .each(let list) = arguments, list.count != count {
            throw EngineError(.protocolViolation, "“\(function.name)” takes \(list.count) arguments, and was given \(count)")
        }
    }

    init?(_ function: any ResolvableFunction, _ passing: NodeFunction.Passing) throws {
        guard let resolved = function.resolved(passing), let arguments = function.argumentFormats(passing), let output = resolved.output
        else { return nil }
        guard let codec = output.codec else { throw Self.notEncodable(output, "the result of “\(function.name)”") }
        self.function = resolved
        self.arguments = arguments
        result = codec
    }

    package static func notEncodable(_ format: ValueFormat, _ what: String) -> PlanError {
        PlanError(
            .notSerializable, "\(what) is of type “\(format.type)”, which cannot leave its process",
            hint: "make the type Codable, or choose the engine “local”")
    }
}

extension FunctionRegistry {
    /// The function registered under a name, to be called with arguments passed in a way.
    ///
    /// - Throws: ``PlanError``: `.unsupported` for an unknown function, `.notSerializable` for a result that cannot be encoded.
    package func portable(_ name: String, _ passing: NodeFunction.Passing) throws -> PortableFunction {
        guard let function = functions[name] else { throw Self.unregistered(name) }
        guard let resolvable = function as? any ResolvableFunction, let portable = try PortableFunction(resolvable, passing) else {
            throw PlanError(.unsupported, "the function “\(name)” cannot be given its arguments as “\(passing.rawValue)”")
        }
        return portable
    }

    package static func unregistered(_ name: String) -> PlanError {
        PlanError(
            .unsupported, "no function named “\(name)” is registered in this program", hint: "list it in the program's `functions`")
    }
}
