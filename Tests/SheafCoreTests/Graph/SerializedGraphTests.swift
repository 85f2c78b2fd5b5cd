internal import Foundation
internal import SheafCore
internal import SheafLocal
internal import SheafTesting
internal import Testing

@Suite struct SerializedGraphTests {
    static let add = Function("add") { (a: Int, b: Int) in a + b }
    static let scale = Function("scale") { (a: Int, factor: Double, label: String) in "\(label)\(Double(a) * factor)" }
    static let total = Function("total") { (list: [Int]) in list.reduce(0, +) }
    static let shift = Function("shift") { (point: Point) in Point(x: point.x + 1, tags: point.tags + ["shifted"]) }
    static let later = Function("later", async: { (a: Int) async throws -> Int in a * 100 })
    static let registry = try! FunctionRegistry([add, scale, total, shift, later])

    struct Point: Codable, Sendable, Equatable {
        var x: Double
        var tags: [String?]
    }

    let session = Session(engine: DeterministicEngine())

    /// There and back again, through text.
    private func again<T>(_ value: Delayed<T>) throws -> (graph: Graph, outputs: [NodeID]) {
        let (graph, node) = try value.graph()
        let text = try SerializedGraph(graph, outputs: [node]).json()
        return try SerializedGraph(json: text).graph(functions: Self.registry)
    }

    private func result<T>(_ value: Delayed<T>) async throws -> T? {
        let (graph, outputs) = try again(value)
        return try await session.compute(try session.plan(graph, outputs: outputs), name: "again")[0].untyped as? T
    }

    /// A graph that uses every feature of the format.
    private func everything() throws -> (graph: Graph, outputs: [NodeID]) {
        var graph = Graph()
        let add = NodeFunction(name: "add", identity: .named, body: .unresolved)
        let total = NodeFunction(name: "total", identity: .named, body: .unresolved, passing: .list)
        let bag = NodeFunction(
            name: "map(parse) → reduceByKey(sum)",
            identity: .operations([Operation("map", function: "parse"), Operation("reduceByKey", function: "sum"), Operation("write")]),
            body: .unresolved)
        let functions = [add, total, bag].map { graph.addFunction($0) }
        let plain = graph.addAttributes(NodeAttributes(location: SourceLocation(fileID: "Flights/main.swift", line: 12)))
        let rich = graph.addAttributes(
            NodeAttributes(
                name: "final", location: SourceLocation(fileID: "Flights/report.swift", line: 3),
                cost: Cost(resultBytes: 4096, workingBytes: 100, cores: 2),
                retry: RetryPolicy(attempts: 3, delay: 0.5, backoff: 3, maximumDelay: 10)))
        let constants = [
            graph.addConstant(TypedValue(1)), graph.addConstant(TypedValue(2.5)), graph.addConstant(TypedValue("text")),
            graph.addConstant(TypedValue([true, false])), graph.addConstant(TypedValue(Point(x: 0.5, tags: ["a", nil]))),
        ]
        let first = graph.append(function: functions[0], attributes: plain, arguments: [constants[0], constants[1]])
        let second = graph.append(function: functions[0], attributes: plain, arguments: [.node(first), constants[2]])
        let third = graph.append(
            function: functions[1], attributes: plain, arguments: [.node(first), .node(second), .node(first), constants[3]])
        let fourth = graph.append(function: functions[2], attributes: rich, arguments: [.node(third), constants[4]])
        return (graph, [fourth, second])
    }

    /// When this fails because the format was meant to change, `schemaVersion` has to change too, unless old files still read the same.
    @Test func theFormatIsTheOneCheckedIn() throws {
        let (graph, outputs) = try everything()
        let text = try SerializedGraph(graph, outputs: outputs).json(pretty: true)
        #expect(try GoldenFile("../Golden/graph-v1.json").difference(from: text + [UInt8(ascii: "\n")]) == nil)
    }

    @Test func theFileCheckedInIsRead() throws {
        let read = try SerializedGraph(json: GoldenFile("../Golden/graph-v1.json").read())
        let (graph, outputs) = try everything()
        #expect(read == (try SerializedGraph(graph, outputs: outputs)))
        #expect(read.schemaVersion == 1)
    }

    @Test func fusedFunctionsKeepTheirSteps() throws {
        // A fused graph has to have bodies to be fused, so these are real functions.
        let chain = session.delayed(Self.add, session.delayed(Self.add, session.delayed(Self.add, 1, 2), 3), 4)
        let (graph, node) = try chain.graph()
        let (fused, roots) = graph.fused(outputs: [node])
        #expect(fused.count == 1)
        let written = try SerializedGraph(fused, outputs: roots)
        let (back, outputs) = try SerializedGraph(json: written.json()).graph(functions: Self.registry)
        #expect(try back.evaluated(outputs)[0].untyped as? Int == 10)
        #expect(back.function(0).steps == ["add", "add", "add"])
        #expect(try SerializedGraph(back, outputs: outputs) == written)
    }

    @Test func aGraphReadBackGivesTheSameResults() async throws {
        let three = session.delayed(Self.add, 1, 2)
        #expect(try await result(session.delayed(Self.scale, three, 0.5, "half: ")) == "half: 1.5")
        #expect(try await result(session.delayed(Self.total, [three, three, 4])) == 10)
        #expect(try await result(session.delayed(Self.total, Delayed([1, 2, 3]))) == 6)
        #expect(try await result(session.delayed(Self.add, session.delayed(Self.later, three), three)) == 303)
    }

    @Test func aConstantOfTheProgramsOwnTypeIsDecodedByTheFunctionThatTakesIt() async throws {
        let point = Point(x: 1.25, tags: ["a", nil])
        #expect(try await result(session.delayed(Self.shift, Delayed(point))) == Point(x: 2.25, tags: ["a", nil, "shifted"]))
    }

    @Test func writingWhatWasReadGivesTheSameText() throws {
        let (graph, outputs) = try everything()
        let text = try SerializedGraph(graph, outputs: outputs).json()
        let (back, roots) = try SerializedGraph(json: text).graph()
        #expect(try SerializedGraph(back, outputs: roots).json() == text)
    }

    @Test func sameGraphSameText() throws {
        func text() throws -> [UInt8] {
            let session = Session(engine: DeterministicEngine())
            var values = (0..<20).map { session.delayed(Self.add, Delayed($0), 1, fileID: "A/b.swift", line: 1) }
            values.append(session.delayed(Self.total, values, fileID: "A/b.swift", line: 2))
            let (graph, node) = try session.gather(values, fileID: "A/b.swift", line: 3).graph()
            return try SerializedGraph(graph, outputs: [node]).json()
        }
        #expect(try text() == text())
    }

    @Test func whatTheOutputsDoNotNeedIsNotWritten() throws {
        var builder = GraphBuilder()
        let needed = builder.node()
        _ = builder.node([needed], name: "unneeded")
        let written = try SerializedGraph(builder.graph, outputs: [needed])
        #expect(written.nodes.count == 1 && written.attributes.count == 1)
    }

    @Test func functionsAreWrittenOnce() throws {
        let values = (0..<50).map { session.gather([session.delayed(Self.add, Delayed($0), 1)]) }
        let (graph, node) = try session.gather(values).graph()
        #expect(graph.functions.count > 50, "each gather makes a function")
        #expect(try SerializedGraph(graph, outputs: [node]).functions.count == 2)
    }

    @Test func aClosureIsAnErrorWithItsLine() throws {
        let line = #line; let closure = session.delayed(session.delayed(Self.add, 1, 2)) { (number: Int) in number }
        let (graph, node) = try session.delayed(Self.add, closure, 1).graph()
        let error = #expect(throws: PlanError.self) { try SerializedGraph(graph, outputs: [node]) }
        #expect(error?.code == .closureNotPortable && error?.node == "closure#1")
        #expect(error?.location?.line == UInt32(line))
    }

    @Test func aConstantThatIsNotEncodableIsAnErrorWithTheNodeThatTakesIt() throws {
        struct Opaque: Sendable {}
        let take = Function("take") { (_: Opaque) in 1 }
        let line = #line; let value = session.delayed(take, Delayed(Opaque()))
        let (graph, node) = try value.graph()
        let error = #expect(throws: PlanError.self) { try SerializedGraph(graph, outputs: [node]) }
        #expect(error?.code == .notSerializable && error?.node == "take#0")
        #expect(error?.location?.line == UInt32(line))
        #expect(error?.message.contains("Opaque") == true)
    }

    @Test func aFunctionThatIsNotRegisteredIsAnErrorWhenTheGraphIsPlanned() throws {
        let (graph, node) = try session.delayed(Self.add, 1, 2).graph()
        let written = try SerializedGraph(graph, outputs: [node])
        let (back, outputs) = try written.graph(functions: FunctionRegistry())
        let error = #expect(throws: PlanError.self) { try session.plan(back, outputs: outputs) }
        #expect(error?.code == .unsupported && error?.message.contains("add") == true)
    }

    @Test func locationsNamesCostsAndPoliciesComeBack() throws {
        let (graph, outputs) = try everything()
        let (back, roots) = try SerializedGraph(json: try SerializedGraph(graph, outputs: outputs).json()).graph()
        #expect(roots == [3, 1])
        for node in 0..<graph.count {
            let (before, after) = (graph.attributes(node), back.attributes(node))
            #expect(after.location.description == before.location.description && after.name == before.name)
            #expect(after.cost == before.cost && after.retry == before.retry)
            #expect(graph.inputs(node) == back.inputs(node))
            #expect(graph.function(node).name == back.function(node).name && graph.function(node).passing == back.function(node).passing)
        }
    }

    @Test func aFunctionThatHasChangedItsTypeIsAnErrorAndNotACrash() async throws {
        let (graph, node) = try session.delayed(Self.add, session.delayed(Self.add, 1, 2), 3).graph()
        let written = try SerializedGraph(graph, outputs: [node])
        for changed: any RegisteredFunction in [
            Function("add") { (a: String, b: Int) in "\(a)\(b)" }, Function("add") { (a: Int, b: Int, c: Int) in a + b + c },
            Function("add") { (a: Int, b: Int) in "text" },
        ] {
            let (back, outputs) = try written.graph(functions: FunctionRegistry([changed]))
            let plan = try session.plan(back, outputs: outputs)
            await #expect(throws: TaskError.self) { try await session.compute(plan, name: "changed") }
        }
    }
}
