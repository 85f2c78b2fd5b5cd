internal import Foundation
internal import Testing

@testable internal import SheafCore

/// Random values, which another coder brings back as this one does; and random bytes, which are a value or an error.
@Suite("CBOR: random values and bytes") struct CBORRandomTests {
    struct Record: Codable, Equatable {
        var id: Int
        var name: String?
        var values: [Double]
        var choice: Choice
        var table: [String: Choice]
        var numbers: [Int: UInt64]
        var children: [Record]
        var data: Data
        var day: Date?
        var flags: Set<UInt16>
        var small: Int8
        var single: Float
    }
    indirect enum Choice: Codable, Equatable {
        case none, number(Int32), text(String, [String]), labelled(a: Double, b: Bool?), inner(Choice), list([Choice?])
    }

    private struct Maker {
        var random: SplitMix64
        mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }
        mutating func integer() -> Int { Int(truncatingIfNeeded: random.next() >> UInt64(number(0..<64))) * (number(0..<2) * 2 - 1) }
        mutating func text() -> String {
            String(
                String.UnicodeScalarView(
                    (0..<number(0..<30)).map { _ in
                        [Unicode.Scalar(UInt8(number(32..<127))), "ß", "水", "\u{1F600}", "\0"][max(0, number(-20..<5))]
                    }))
        }
        mutating func double() -> Double { Double(integer()) / Double(1 << number(0..<40)) }
        mutating func choice(_ depth: Int) -> Choice {
            switch number(0..<(depth > 0 ? 6 : 4)) {
            case 0: .none
            case 1: .number(Int32(truncatingIfNeeded: integer()))
            case 2: .text(text(), (0..<number(0..<4)).map { _ in text() })
            case 3: .labelled(a: double(), b: [nil, true, false][number(0..<3)])
            case 4: .inner(choice(depth - 1))
            default: .list((0..<number(0..<30)).map { _ in number(0..<4) == 0 ? nil : choice(depth - 1) })
            }
        }
        mutating func record(_ depth: Int) -> Record {
            Record(
                id: integer(), name: number(0..<3) == 0 ? nil : text(), values: (0..<number(0..<40)).map { _ in double() },
                choice: choice(depth),
                table: Dictionary((0..<number(0..<30)).map { _ in (text(), choice(0)) }) { first, _ in first },
                numbers: Dictionary((0..<number(0..<20)).map { _ in (integer(), random.next()) }) { first, _ in first },
                children: depth > 0 ? (0..<number(0..<3)).map { _ in record(depth - 1) } : [],
                data: Data((0..<number(0..<300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }),
                day: number(0..<2) == 0 ? nil : Date(timeIntervalSinceReferenceDate: Double(number(0..<1_000_000))),
                flags: Set((0..<number(0..<30)).map { _ in UInt16(truncatingIfNeeded: random.next()) }),
                small: Int8(truncatingIfNeeded: random.next()), single: Float(double()))
        }
    }

    @Test("values come back as they do from JSON", arguments: 0..<20)
    func differential(seed: Int) throws {
        var maker = Maker(random: SplitMix64(seed: UInt64(seed)))
        let record = maker.record(3)
        let again = try CBOR.decode(Record.self, from: try CBOR.encode(record))
        #expect(again == record)
        #expect(again == (try JSONDecoder().decode(Record.self, from: try JSONEncoder().encode(record))))
    }

    @Test("bytes that are cut off or damaged are a value or an error", arguments: 0..<8)
    func mutated(seed: Int) throws {
        var maker = Maker(random: SplitMix64(seed: UInt64(1000 + seed)))
        let bytes = try CBOR.encode(maker.record(1))
        for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
            #expect(throws: DecodingError.self) { try CBOR.decode(Record.self, from: Array(bytes[..<count])) }
        }
        for _ in 0..<120 {
            var damaged = bytes
            for _ in 0...maker.number(0..<3) {
                let place = maker.number(0..<damaged.count)
                switch maker.number(0..<4) {
                case 0: damaged[place] = UInt8(truncatingIfNeeded: maker.random.next())
                case 1: damaged[place] = [0x9F, 0xBF, 0x5F, 0x7F, 0xFF, 0x1B, 0x5B, 0x9B, 0xBB, 0xC2, 0xF6][maker.number(0..<11)]
                case 2: damaged.remove(at: place)
                default: damaged.insert(damaged[maker.number(0..<damaged.count)], at: place)
                }
            }
            do {
                _ = try CBOR.decode(Record.self, from: damaged)
            } catch is DecodingError {}
            do {
                _ = try CBOR.decode(JSONValue.self, from: damaged)
            } catch is DecodingError {}
        }
    }
}
