internal import Foundation
internal import SheafCore
internal import Testing

@Suite struct JSONValueTests {
    private func again(_ value: JSONValue) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
    }

    @Test(arguments: [
        JSONValue.null, .bool(true), .bool(false), .integer(0), .integer(.min), .integer(.max), .unsigned(.max), .number(0.1),
        .number(1e300),
        .number(-0.0), .string(""), .string("“ü” \n \u{1F600} 束"), .array([]), .array([.integer(1), .null, .string("x")]), .object([:]),
        .object(["a": .array([.object(["b": .bool(true)])]), "": .null]),
    ])
    func valuesComeBackAsTheyAre(value: JSONValue) throws {
        #expect(try again(value) == value)
    }

    @Test func numbersKeepEveryDigit() throws {
        for number in [Int64.max - 1, 9_007_199_254_740_993, -9_007_199_254_740_993] {
            #expect(try again(.integer(number)) == .integer(number))
        }
        guard case .number(let zero) = try again(.number(-0.0)) else { return #expect(Bool(false), "a negative zero is no integer") }
        #expect(zero.sign == .minus)
    }
}
