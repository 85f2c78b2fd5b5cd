import Foundation
import Testing

@testable import SheafArrow

/// A column's type and cells for it, nulls among them.
struct Sample: CustomTestStringConvertible {
    var type: ArrowType
    var cells: [ArrowCell]
    var testDescription: String { "\(type)" }

    init(_ type: ArrowType, _ cells: [ArrowCell]) {
        self.type = type
        self.cells = cells
    }

    func column() throws -> ArrowColumn {
        let builder = ArrowCellBuilder(type)
        for cell in cells { try builder.append(cell) }
        return builder.finish()
    }

    private static let texts: [ArrowCell] = [
        .string(""), .null, .string("short"), .string("exactly12byt"), .string("more than twelve bytes"), .null, .string("Grüße, 世界"),
        .string("one more that is not inline"), .string("z"),
    ]
    private static let bytes: [ArrowCell] = [
        .bytes([]), .bytes([0, 255]), .null, .bytes([UInt8](0..<40)), .bytes([1]), .bytes([2, 2]), .null, .null, .bytes([UInt8](7..<27)),
    ]
    private static func integers(_ low: Int64, _ high: UInt64, signed: Bool) -> [ArrowCell] {
        let make: (Int64) -> ArrowCell = { signed ? .int($0) : .uint(UInt64($0)) }
        return [
            make(low), .null, signed ? .int(Int64(high)) : .uint(high), make(0), make(1), .null, make(2), make(3), make(4), make(5), .null,
        ]
    }
    private static func counts(_ make: (Int64) -> ArrowCell) -> [ArrowCell] {
        [make(0), .null, make(1), make(86_399), .null, make(45_000), make(7), make(8), make(9)]
    }
    private static func decimals(_ scale: Int, _ values: [Int128]) -> [ArrowCell] {
        [.null] + values.map { .decimal($0, scale: scale) } + [.null, .decimal(0, scale: scale)]
    }

    /// Every type of the format that is supported.
    static let all: [Sample] = {
        var samples = [
            Sample(.null, [.null, .null, .null]),
            Sample(.bool, (0..<21).map { $0 % 5 == 3 ? .null : .bool($0 % 3 == 0) }),
            Sample(.int8, integers(-128, 127, signed: true)), Sample(.int16, integers(-32_768, 32_767, signed: true)),
            Sample(.int32, integers(Int64(Int32.min), 2_147_483_647, signed: true)),
            Sample(.int64, integers(.min, UInt64(Int64.max), signed: true)), Sample(.uint8, integers(0, 255, signed: false)),
            Sample(.uint16, integers(0, 65_535, signed: false)), Sample(.uint32, integers(0, 4_294_967_295, signed: false)),
            Sample(.uint64, integers(0, .max, signed: false)),
        ]
        for type in [ArrowType.float16, .float32, .float64] {
            samples.append(Sample(type, [.double(0.5), .null, .double(-2), .double(.infinity), .double(0), .double(1_024), .null]))
        }
        samples += [ArrowType.utf8, .largeUtf8, .utf8View].map { Sample($0, texts) }
        samples += [ArrowType.binary, .largeBinary, .binaryView].map { Sample($0, bytes) }
        samples += [
            Sample(.fixedSizeBinary(byteCount: 3), [.bytes([1, 2, 3]), .null, .bytes([4, 5, 6]), .bytes([7, 8, 9])]),
            Sample(.fixedSizeBinary(byteCount: 0), [.bytes([]), .null, .bytes([])]),
            Sample(.decimal32(precision: 9, scale: 2), decimals(2, [123, -999_999_999])),
            Sample(.decimal64(precision: 18, scale: 3), decimals(3, [1, -999_999_999_999_999_999])),
            Sample(.decimal128(precision: 38, scale: 5), decimals(5, [1, -.max / 10, .max / 10])),
            Sample(
                .decimal256(precision: 76, scale: 4),
                decimals(4, [1, -7, .max, .min]) + [.wideDecimal(high: -2, low: 5, scale: 4), .wideDecimal(high: 1, low: 0, scale: 4)]),
            Sample(.date32, [.date(days: 0), .null, .date(days: -100_000), .date(days: 19_782)]),
            Sample(.date64, [.date(days: 0), .null, .date(days: -100_000), .date(days: 19_782)]),
            Sample(.interval(.yearMonth), [.interval(months: 14, days: 0, nanoseconds: 0), .null]),
            Sample(.interval(.dayTime), [.interval(months: 0, days: -3, nanoseconds: 5_000_000), .null]),
            Sample(.interval(.monthDayNano), [.null, .interval(months: 1, days: -3, nanoseconds: 5)]),
        ]
        for unit in ArrowTimeUnit.allCases {
            samples.append(Sample(.timestamp(unit, zone: nil), counts { .timestamp($0, unit, zone: nil) }))
            samples.append(Sample(.timestamp(unit, zone: "Asia/Tokyo"), counts { .timestamp($0, unit, zone: "Asia/Tokyo") }))
            samples.append(Sample(.duration(unit), counts { .duration(-$0, unit) }))
            samples.append(Sample(unit.rawValue < 2 ? .time32(unit) : .time64(unit), counts { .time($0, unit) }))
        }
        let items: [ArrowCell] = [
            .list([.int(1), .null, .int(3)]), .null, .list([]), .list([.int(4)]), .list([.int(5), .int(6)]), .null, .list([.int(7)]),
        ]
        let pair = ArrowType.struct([ArrowField("a", .int32), ArrowField("b", .utf8)])
        func member(_ a: Int64?, _ b: String?) -> ArrowCell {
            .struct([.init("a", a.map { .int($0) } ?? .null), .init("b", b.map { .string($0) } ?? .null)])
        }
        let members: [ArrowCell] = [member(1, "x"), .null, member(nil, "y"), member(3, nil), member(4, "a longer text than twelve")]
        let words = ["red", "green", "red", "a blue that is long"].map { ArrowCell.string($0) } + [.null, .string("green")]
        samples += [
            Sample(.list(of: .int64), items), Sample(.largeList(ArrowField("item", .int64)), items),
            Sample(.fixedSizeList(ArrowField("item", .int16), count: 2), [.list([.int(1), .null]), .null, .list([.int(3), .int(4)])]),
            Sample(.fixedSizeList(ArrowField("item", .int16), count: 0), [.list([]), .null, .list([])]),
            Sample(pair, members), Sample(.struct([]), [.struct([]), .null, .struct([])]),
            Sample(.list(of: pair), [.list(members), .null, .list([]), .list([members[0], members[3]])]),
            Sample(
                .map(from: .utf8, to: .int32),
                [.map([.init(.string("k"), .int(1)), .init(.string("l"), .null)]), .null, .map([]), .map([.init(.string("m"), .int(2))])]),
            Sample(.list(of: .list(of: .utf8View)), [.list([.list(texts), .null, .list([])]), .null, .list([.list([texts[4]])])]),
            Sample(.dictionary(index: .int8, value: .utf8, isOrdered: false), words),
            Sample(.dictionary(index: .uint64, value: .utf8View, isOrdered: true), words),
            Sample(.dictionary(index: .uint16, value: pair, isOrdered: false), [members[0], members[2], .null, members[0]]),
            Sample(.list(of: .dictionary(index: .int32, value: .utf8, isOrdered: false)), [.list(words), .null, .list([words[1]])]),
            Sample(
                .dictionary(
                    index: .int16, value: .list(of: .dictionary(index: .int8, value: .utf8, isOrdered: false)), isOrdered: false),
                [.list(words), .null, .list([words[1]]), .list(words)]),
        ]
        return samples
    }()
}

/// A folder of files that pyarrow wrote, and their cells as text.
enum Files {
    struct Expected: Decodable {
        var columns: [String]
        /// Batches, columns, rows.
        var batches: [[[String]]]
    }

    static let folder = Bundle.module.resourceURL!.appendingPathComponent("Files")
    static let expected: [String: Expected] = {
        let data = try! Data(contentsOf: folder.appendingPathComponent("expected.json"))
        return try! JSONDecoder().decode([String: Expected].self, from: data)
    }()
    static let names = expected.keys.sorted()

    static func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appendingPathComponent(name))) }
}

func readAll(_ bytes: [UInt8], options: ArrowReadOptions = ArrowReadOptions()) throws -> [RecordBatch] {
    try RecordBatchReader(ipc: ArrowMemory(bytes), options: options).readAll()
}

/// Counts, from any thread.
final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0
    var value: Int { lock.withLock { count } }
    func increment() { lock.withLock { count += 1 } }
}
