internal import Foundation

extension SerializedGraph {
    /// Writes down the part of a graph that `outputs` need.
    ///
    /// - Throws: ``PlanError``: `.closureNotPortable` for a closure, `.notSerializable` for a constant that is not `Encodable`; both
    ///   name the node and the line that made it.
    /// - Complexity: O(nodes + arguments + constants).
    public init(_ graph: Graph, outputs: [NodeID]) throws {
        let (graph, outputs) = graph.culled(to: outputs)
        var writer = Writer(graph: graph)
        for node in 0..<graph.count { try writer.add(node) }
        self.init(
            functions: writer.functions.items, attributes: writer.attributes.items, constants: writer.constants, nodes: writer.nodes,
            outputs: outputs)
    }

    /// Numbers equal items once, in the order of first use.
    private struct Numbering<Item: Hashable> {
        private(set) var items: [Item] = []
        private var numbers: [Item: Int] = [:]

        mutating func number(of item: Item) -> Int {
            if let known = numbers[item] { return known }
            numbers[item] = items.count
            items.append(item)
            return items.count - 1
        }
    }

    private struct Writer {
        let graph: Graph
        var functions = Numbering<Function>()
        var attributes = Numbering<Attributes>()
        var constants: [Constant] = []
        var nodes: [Node] = []
        private var functionNumbers: [Int: Int] = [:]
        private var attributeNumbers: [Int: Int] = [:]
        private var constantNumbers: [Int: Int] = [:]

        init(graph: Graph) { self.graph = graph }

        mutating func add(_ node: NodeID) throws {
            let list = try graph.arguments[graph.argumentRange(node)].map { argument -> Argument in
                if argument.isNode { return Argument(node: argument.index) }
                if argument.isPrevious { return Argument(previous: true) }
                return Argument(constant: try constant(argument.index, of: node))
            }
            nodes.append(Node(function: try function(of: node), attributes: attributes(of: node), arguments: list))
        }

        private mutating func function(of node: NodeID) throws -> Int {
            let index = graph.functionIndex(node)
            if let known = functionNumbers[index] { return known }
            if let location = graph.functions[index].closureLocation {
                throw PlanError(
                    .closureNotPortable, "the closure at \(location) cannot be written down", node: graph.name(node), location: location,
                    hint: "make it a named `Function` and list it in the program's `functions`")
            }
            let number = number(of: graph.functions[index])
            functionNumbers[index] = number
            return number
        }

        private mutating func number(of function: NodeFunction) -> Int {
            let item: Function
            switch function.identity {
            case .named, .closure:
                item = Function(kind: .named, name: function.name, passing: function.passing, operations: nil, steps: nil)
            case .operations(let operations):
                let list = operations.map { Operation(name: $0.name, function: $0.function) }
                item = Function(kind: .operations, name: function.name, passing: nil, operations: list, steps: nil)
            case .fused(let steps):
                let list = zip(steps, function.stepArguments).map { Step(function: number(of: $0), arguments: $1) }
                item = Function(kind: .fused, name: function.name, passing: nil, operations: nil, steps: list)
            }
            return functions.number(of: item)
        }

        private mutating func attributes(of node: NodeID) -> Int {
            let index = graph.attributesIndex(node)
            if let known = attributeNumbers[index] { return known }
            let value = graph.attributes[index]
            let number = attributes.number(
                of: Attributes(
                    name: value.name, location: value.location.description, cost: value.cost, retry: value.retry,
                    hints: value.hints == .none ? nil : value.hints))
            attributeNumbers[index] = number
            return number
        }

        private mutating func constant(_ index: Int, of node: NodeID) throws -> Int {
            if let known = constantNumbers[index] { return known }
            do {
                constants.append(try Constant(graph.constants[index]))
            } catch {
                throw PlanError(
                    .notSerializable, "a constant of type “\(graph.constants[index].type)” cannot be written down", node: graph.name(node),
                    location: graph.attributes(node).location, cause: error is NotEncodable ? nil : error,
                    hint: "make the type Codable, or let a task make the value")
            }
            constantNumbers[index] = constants.count - 1
            return constants.count - 1
        }
    }
}

private struct NotEncodable: Error {}

extension SerializedGraph.Constant {
    init(_ value: AnyValue) throws {
        if let encoded = value as? EncodedConstant {
            self = encoded.constant
            return
        }
        guard let content = value.untyped as? any Encodable else { throw NotEncodable() }
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        self.init(type: String(reflecting: value.type), value: try JSONDecoder().decode(JSONValue.self, from: encoder.encode(content)))
    }

    func decode<T: Decodable>(as type: T.Type) throws -> T {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try decoder.decode(T.self, from: JSONEncoder().encode(value))
    }
}
