internal import Foundation
internal import SheafCore
internal import SheafTesting
internal import Testing

/// Files that come from elsewhere: edited, cut short, written by another version, or made to do harm.
@Suite struct SerializedGraphValidationTests {
    /// A graph that is fine, as a tree that can be edited.
    static let fine = #"""
        {
          "schemaVersion": 1,
          "functions": [
            {"kind": "named", "name": "add", "passing": "tuple"},
            {"kind": "fused", "name": "add → add", "steps": [{"function": 0, "arguments": 2}, {"function": 0, "arguments": 2}]}
          ],
          "attributes": [{
            "location": "A/b.swift:1", "cost": {"resultBytes": 0, "workingBytes": 0, "cores": 1},
            "retry": {"attempts": 1, "delay": 0, "backoff": 2, "maximumDelay": 60}
          }],
          "constants": [{"type": "Swift.Int", "value": 1}],
          "nodes": [
            {"function": 0, "attributes": 0, "arguments": [{"constant": 0}, {"constant": 0}]},
            {"function": 1, "attributes": 0, "arguments": [{"node": 0}, {"constant": 0}, {"previous": true}, {"constant": 0}]}
          ],
          "outputs": [1]
        }
        """#

    @Test func theOriginalIsFine() throws {
        let (graph, outputs) = try SerializedGraph(json: Array(Self.fine.utf8)).graph()
        #expect(graph.count == 2 && outputs == [1])
    }

    static let edits: [(String, String, String)] = [
        (#""schemaVersion": 1"#, #""schemaVersion": 2"#, "version 2"),
        (#""schemaVersion": 1,"#, "", "not a serialised graph"),
        (#""outputs": [1]"#, #""outputs": [2]"#, "output 2"),
        (#""outputs": [1]"#, #""outputs": [-1]"#, "output -1"),
        (#"{"node": 0}"#, #"{"node": 1}"#, "does not come before"),
        (#"{"node": 0}"#, #"{"node": 7}"#, "does not come before"),
        (#"{"node": 0}"#, #"{"node": -1}"#, "does not come before"),
        (#"{"node": 0}"#, #"{"node": 0, "constant": 0}"#, "not one of"),
        (#"{"node": 0}"#, "{}", "not one of"),
        (#"{"node": 0}"#, #"{"previous": true}"#, "out of place"),
        (#"{"previous": true}"#, #"{"previous": false}"#, "not one of"),
        (#"{"previous": true}"#, #"{"node": 0}"#, "out of place"),
        (#"[{"constant": 0}, {"constant": 0}]}"#, #"[{"constant": 0}, {"previous": true}]}"#, "no previous step"),
        (#"[{"constant": 0}, {"constant": 0}]}"#, #"[{"constant": 0}, {"constant": 5}]}"#, "constant 5"),
        (#"{"function": 1, "attributes": 0"#, #"{"function": 9, "attributes": 0"#, "function 9"),
        (#"{"function": 1, "attributes": 0"#, #"{"function": 1, "attributes": 3"#, "attributes 3"),
        (#"{"function": 0, "arguments": 2}]"#, #"{"function": 0, "arguments": 3}]"#, "too few"),
        (#"{"function": 0, "arguments": 2}]"#, #"{"function": 0, "arguments": 1}]"#, "more arguments"),
        (#"{"function": 0, "arguments": 2}]"#, #"{"function": 0, "arguments": -2}]"#, "-2 arguments"),
        (#"{"function": 0, "arguments": 2}]"#, #"{"function": 1, "arguments": 2}]"#, "step of function 1"),
        (#""kind": "named""#, #""kind": "magic""#, "not a serialised graph"),
        (#""kind": "named""#, #""kind": "fused""#, "steps"),
        (#""passing": "tuple""#, #""passing": "upside down""#, "not a serialised graph"),
        (#""A/b.swift:1""#, #""A/b.swift""#, "location"),
        (#""A/b.swift:1""#, #""A/b.swift:-4""#, "location"),
        (#""attempts": 1"#, #""attempts": 0"#, "attempts"),
        (#""delay": 0"#, #""delay": -1"#, "wait"),
        (#""cores": 1"#, #""cores": 0"#, "cost"),
        (#""resultBytes": 0"#, #""resultBytes": -8"#, "cost"),
        (#""outputs": [1]"#, #""outputs": [1"#, "not a serialised graph"),
    ]

    @Test(arguments: edits)
    func damagedFilesAreRefusedWithAReason(old: String, new: String, reason: String) throws {
        #expect(Self.fine.contains(old), "the edit changes nothing")
        let range = try #require(Self.fine.range(of: old))
        let text = Self.fine.replacingCharacters(in: range, with: new)
        let error = #expect(throws: PlanError.self) { try SerializedGraph(json: Array(text.utf8)) }
        #expect(error?.code == .notSerializable)
        #expect("\(error.map { "\($0)" } ?? "")".contains(reason), "\(error.map { "\($0)" } ?? "nothing")")
    }

    @Test func aConstantThatDoesNotFitItsTypeIsRefused() throws {
        let text = Self.fine.replacingOccurrences(of: #""value": 1"#, with: #""value": "one""#)
        let graph = try SerializedGraph(json: Array(text.utf8))
        let error = #expect(throws: PlanError.self) { try graph.graph() }
        #expect(error?.code == .notSerializable && error?.message.contains("Swift.Int") == true)
    }

    @Test func textCutAnywhereIsRefused() {
        let bytes = Array(Self.fine.utf8)
        for count in stride(from: 0, to: bytes.count - 1, by: 7) {
            let error = #expect(throws: PlanError.self) { try SerializedGraph(json: Array(bytes[..<count])) }
            #expect(error?.code == .notSerializable)
        }
    }

    /// Any byte changed: either refused, or a graph that is well formed.
    @Test func changedBytesNeverMakeAGraphThatIsNotWellFormed() {
        var random = SplitMix64(seed: 11), survivors = 0
        let bytes = Array(Self.fine.utf8)
        for _ in 0..<2_000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                changed[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 32...126, using: &random)
            }
            guard let read = try? SerializedGraph(json: changed), let (graph, outputs) = try? read.graph() else { continue }
            survivors += 1
            for node in 0..<graph.count {
                for input in graph.inputs(node) { #expect(input < node) }
                for argument in graph.arguments[graph.argumentRange(node)] where argument.isConstant {
                    #expect(graph.constants.indices.contains(argument.index))
                }
            }
            for output in outputs { #expect((0..<graph.count).contains(output)) }
        }
        #expect(survivors > 50 && survivors < 1_950)
    }
}
