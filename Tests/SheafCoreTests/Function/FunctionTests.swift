internal import SheafCore
internal import Testing

@Suite struct FunctionTests {
    @Test func aFunctionCanBeCalledOutsideAnyEngine() async throws {
        let add = Function("add") { (a: Int, b: Int) in a + b }
        let later = Function("later", async: { (a: Int) async throws -> String in "\(a)" })
        #expect(try await add((1, 2)) == 3)
        #expect(try await later(7) == "7")
        #expect(add.body != nil && later.body == nil)
    }

    @Test func aFunctionKnowsItsNameTypesAndLine() {
        let line = #line; let parse = Function("parse") { (text: String, radix: Int) -> Int? in Int(text, radix: radix) }
        #expect(parse.name == "parse" && parse.signature == "((String, Int)) -> Optional<Int>")
        #expect(parse.location.line == UInt32(line) && parse.location.file == "\(#fileID)")
    }

    @Test func aNameUsedTwiceIsAnErrorThatNamesBothLines() throws {
        let first = #line; let one = Function("same") { (a: Int) in a }
        let second = #line; let other = Function("same") { (a: String) in a }
        let error = #expect(throws: PlanError.self) { try FunctionRegistry([one, other]) }
        #expect(error?.code == .duplicateFunction && error?.message.contains("“same”") == true)
        #expect(error?.message.contains(":\(first)") == true && error?.location?.line == UInt32(second))
        #expect(try FunctionRegistry([one]).functions.keys.sorted() == ["same"])
    }

    @Test func errorsSayWhatWhereWhyAndWhatNext() {
        struct Cause: Error, CustomStringConvertible { let description = "the cause" }
        let location = SourceLocation(fileID: "App/main.swift", line: 12)
        let plan = PlanError(.unsupported, "message", node: "node#1", location: location, cause: Cause(), hint: "do this")
        #expect("\(plan)" == "message [unsupported]\n  node: node#1\n  made at: App/main.swift:12\n  cause: the cause\n  hint: do this")
        let task = TaskError(
            .malformedRecord, "message", node: "a#0", location: location, attempt: 2, chain: ["a#0", "b#1", "c#2"],
            record: RecordPosition(file: "data.csv", line: 7, text: "x,y"))
        let text =
            "message [malformedRecord]\n  at: data.csv:7: “x,y”\n  node: a#0\n  made at: App/main.swift:12\n  attempt: 2\n  needed by: b#1 → c#2"
        #expect("\(task)" == text)
        #expect("\(EngineError(.noSpace, "full"))" == "full [noSpace]")
    }

    @Test func locationsAreReadBackFromTheirText() throws {
        let location = SourceLocation(fileID: "App/main.swift", line: 12)
        let read = try #require(SourceLocation("App/main.swift:12"))
        #expect(read.description == location.description && read.file == "App/main.swift" && read.line == 12)
        #expect(read == SourceLocation("App/main.swift:12"))
        #expect(read != SourceLocation("App/main.swift:13") && read != SourceLocation("App/other.swift:12"))
        for text in ["", "App/main.swift", "App/main.swift:", ":x", "a:-1", "a:99999999999"] { #expect(SourceLocation(text) == nil) }
    }
}
