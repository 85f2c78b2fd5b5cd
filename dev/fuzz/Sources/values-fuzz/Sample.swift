internal import Foundation

/// A type that does most of what Codable types do.
struct Sample: Codable, Sendable {
    var id: Int
    var name: String?
    var values: [Double]
    var choice: Choice
    var table: [String: Choice]
    var numbers: [Int: UInt64]
    var pairs: [Double: [Bool?]]
    var children: [Sample]
    var bytes: [UInt8]
    var data: Data
    var page: URL?
    var flags: Set<UInt16>
    var small: Int8
    var single: Float
    var wide: UInt128

    indirect enum Choice: Codable, Sendable {
        case none, number(Int32), text(String, [String]), labelled(a: Double, b: Bool?), inner(Choice), list([Choice?])
    }

    static var all: [Sample] {
        [
            Sample(0, choice: .none, children: []),
            Sample(1, choice: .text("ß", ["", "水"]), children: [Sample(-70_000, choice: .number(7), children: [])]),
            Sample(.max, choice: .inner(.inner(.list([nil, Choice.none, .number(-300)]))), children: []),
            Sample(24, choice: .labelled(a: -0.5, b: nil), children: (0..<3).map { Sample($0, choice: .number(1), children: []) }),
        ]
    }

    private init(_ id: Int, choice: Choice, children: [Sample]) {
        self.id = id
        self.choice = choice
        self.children = children
        name = id % 2 == 0 ? nil : String(repeating: "name ", count: id & 15)
        values = (0..<(id & 31)).map { Double($0) / 3 } + [.infinity, -0.0]
        table = Dictionary(uniqueKeysWithValues: (0..<(id & 31)).map { ("key \($0)", Choice.number(Int32($0))) })
        numbers = [id: 1, -1: .max]
        pairs = [1.5: [true, nil]]
        bytes = (0..<(id & 63)).map { UInt8($0) }
        data = Data(bytes)
        page = id % 2 == 0 ? URL(string: "https://example.org/?a=b") : nil
        flags = [1, 300]
        small = -128
        single = .pi
        wide = UInt128(UInt64.max) + 1
    }
}
