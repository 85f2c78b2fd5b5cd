import Sheaf
import Testing

/// A case of keyed.json.
struct KeyedCase: Decodable, Sendable, CustomTestStringConvertible {
    /// What Python makes of the values of one key.
    struct Group: Decodable, Sendable {
        var key: String
        var values: [Int]
        var sum: Int
        var min: Int
        var max: Int
        var count: Int
        var mean: Double
        var xor: Int
        var or: Int
        var positives: [Int]
    }

    var name: String
    var input: [Pair]
    /// By canonical equivalence.
    var byString: [Group]
    /// By bytes.
    var byBytes: [Group]

    var testDescription: String { name }

    static let all = Oracle.cases("keyed", as: KeyedCase.self)

    /// One column of the groups, by key.
    func byString<T>(_ column: KeyPath<Group, T>) -> [String: T] {
        Dictionary(uniqueKeysWithValues: byString.map { ($0.key, $0[keyPath: column]) })
    }

    func byBytes<T>(_ column: KeyPath<Group, T>) -> [UTF8Slice: T] {
        Dictionary(uniqueKeysWithValues: byBytes.map { (UTF8Slice($0.key), $0[keyPath: column]) })
    }
}

/// Runs a keyed bag and returns its pairs as a dictionary, in which each key may occur once.
func dictionary<Key: Hashable & Sendable, Value: Sendable>(
    _ bag: Bag<(Key, Value)>, sourceLocation: Testing.SourceLocation = #_sourceLocation
) async throws -> [Key: Value] {
    let pairs = try await bag.collect()
    let result = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    #expect(result.count == pairs.count, "a key occurs twice", sourceLocation: sourceLocation)
    return result
}
