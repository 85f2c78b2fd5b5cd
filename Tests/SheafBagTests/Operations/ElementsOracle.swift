import Testing

/// A case of elements.json: what Python makes of a list of integers.
struct ElementsCase: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var input: [Int]
    var other: [Int]
    var isOddMap: [Bool]
    var filterNegative: [Int]
    var compactMapHalf: [Int]
    var flatMapRepeated: [Int]
    var zip: [[Int]]
    var zipWithIndex: [[Int]]
    var union: [Int]
    var distinct: [Int]
    var frequencies: [[Int]]
    var take: [String: [Int]]
    var takeOrdered: [String: [Int]]
    var top: [String: [Int]]
    var topByLastDigit: [Int]
    var sorted: [Int]
    var count: Int
    /// `nil` where it would overflow.
    var sum: Int?
    var mean: Double?
    var min: Int?
    var max: Int?
    var foldXor: Int
    var reduceGcd: UInt?
    var aggregateLastDigits: [Int]

    var testDescription: String { name }

    static let all = Oracle.cases("elements", as: ElementsCase.self)
}

/// What the oracle calls the last digit; total, unlike `abs`, which traps for `Int.min`.
func lastDigit(_ number: Int) -> Int { Int(number.magnitude % 10) }
