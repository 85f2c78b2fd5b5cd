import Foundation
import Testing

@testable import SheafArrow

/// Bytes from anybody give batches or an ``ArrowError``.
@Suite struct HostileInputTests {
    /// SplitMix64.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var word = state
            word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
            word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
            return word ^ (word >> 31)
        }
    }

    private static var limits: ArrowReadOptions {
        var options = ArrowReadOptions()
        options.bodyBytes = 1 << 20
        options.rows = 1 << 20
        return options
    }

    /// Reads everything; looks at cells, so many at most.
    private static func touch(_ bytes: [UInt8]) throws -> Int {
        let reader = try RecordBatchReader(ipc: ArrowMemory(bytes), options: limits)
        var left = 4_000
        var sum = 0
        while let batch = try reader.next() {
            for column in batch.columns {
                for index in 0..<column.count where left > 0 {
                    left -= 1
                    let cell = column.cell(at: index)
                    if case .list(let items) = cell { left -= items.count }
                    sum &+= cell.description.utf8.count
                }
                sum &+= column.nullCount
            }
            try batch.validate()
        }
        return sum
    }

    private static let seeds: [[UInt8]] = {
        var seeds = Files.names.filter { $0 != "zstd.arrows" }.map { try! Files.bytes($0) }
        for sample in Sample.all {
            let batch = try! RecordBatch([("column", sample.column())])
            seeds.append(try! ArrowWriter.encode([batch], schema: batch.schema, format: .stream))
            seeds.append(try! ArrowWriter.encode([batch], schema: batch.schema, format: .file))
        }
        return seeds
    }()

    /// Where numbers that matter are: metadata, not the padding or most of the values.
    private static func mutate(_ seed: [UInt8], _ generator: inout Generator) -> [UInt8] {
        var bytes = seed
        func place() -> Int { Int.random(in: 0..<bytes.count, using: &generator) }
        for _ in 0...Int.random(in: 0..<3, using: &generator) {
            switch Int.random(in: 0..<8, using: &generator) {
            case 0, 1: bytes[place()] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: bytes[place()] = UInt8.random(in: 0...255, using: &generator)
            case 3, 4:
                // An extreme number of 2, 4 or 8 bytes at its natural place.
                let size = [2, 4, 8].randomElement(using: &generator) ?? 4
                let start = place() / size * size
                let value = ([0, 1, -1, .max, .min, 1 << 31, 1 << 20, -8, 16, 255] as [Int64]).randomElement(using: &generator) ?? 0
                withUnsafeBytes(of: value.littleEndian) {
                    for index in 0..<size where start + index < bytes.count { bytes[start + index] = $0[index] }
                }
            case 5: bytes.removeLast(min(bytes.count - 1, Int.random(in: 0..<64, using: &generator)))
            case 6:
                // A word of the file somewhere else in it.
                let (from, to) = (place() / 4 * 4, place() / 4 * 4)
                for index in 0..<4 where max(from, to) + index < bytes.count { bytes[to + index] = bytes[from + index] }
            default:
                let start = place()
                for index in start..<min(bytes.count, start + 8) { bytes[index] = 0xff }
            }
        }
        return bytes
    }

    /// `SHEAF_FUZZ_ROUNDS` mutates more often.
    @Test(arguments: 0..<8) func mutatedFiles(part: Int) throws {
        var generator = Generator(state: 20_260 + UInt64(part))
        var survivors = 0
        let rounds = ProcessInfo.processInfo.environment["SHEAF_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 1_600
        for round in 0..<rounds {
            let seed = Self.seeds[(round * 8 + part) % Self.seeds.count]
            let bytes = Self.mutate(seed, &generator)
            do {
                _ = try Self.touch(bytes)
                survivors += 1
            } catch is ArrowError {}
        }
        // Neither was everything refused, nor nothing.
        #expect(survivors > rounds / 16 && survivors < rounds * 15 / 16)
    }

    @Test(arguments: Files.names.filter { $0 != "zstd.arrows" }) func everyTruncation(name: String) throws {
        let bytes = try Files.bytes(name)
        let step = max(1, bytes.count / 200)
        for count in stride(from: 0, to: bytes.count, by: step) {
            do { _ = try Self.touch(Array(bytes[..<count])) } catch is ArrowError {}
        }
        if name.hasSuffix(".arrow") { #expect(throws: ArrowError.self) { try Self.touch(Array(bytes.dropLast())) } }
    }

    @Test func limits() throws {
        let batch = try RecordBatch([("n", ArrowColumn([Int64](0..<1_000)))])
        let bytes = try ArrowWriter.encode([batch], schema: batch.schema)
        func code(_ change: (inout ArrowReadOptions) -> Void) -> ArrowError.Code? {
            var options = ArrowReadOptions()
            change(&options)
            return #expect(throws: ArrowError.self) { try readAll(bytes, options: options) }?.code
        }
        #expect(code { $0.bodyBytes = 4_000 } == .limitExceeded)
        #expect(code { $0.metadataBytes = 16 } == .limitExceeded)
        #expect(code { $0.rows = 999 } == .limitExceeded)
        #expect(code { $0.fields = 0 } == .limitExceeded)
        #expect(code { $0.depth = 0 } == .limitExceeded)
        #expect(throws: ArrowError.self) { try readAll([]) }
        #expect(throws: ArrowError.self) { try readAll([1, 2, 3]) }
        #expect(throws: ArrowError.self) { try readAll(Array("ARROW1".utf8)) }
        #expect(throws: ArrowError.self) { try readAll([UInt8](repeating: 0, count: 64)) }
    }

    @Test func wrongOffsetsAreFound() throws {
        func column(_ offsets: [Int32], _ type: ArrowType = .utf8) throws -> ArrowColumn {
            let data = ColumnBuffer(copying: Array("abcdef".utf8))
            let children = type.children.map { _ in ArrowColumn([Int8](0..<6)) }
            return ArrowColumn(
                try ColumnStorage.checked(
                    type: type, length: offsets.count - 1, validity: nil, buffers: [ColumnBuffer(copying: offsets), data],
                    children: children))
        }
        for type in [ArrowType.utf8, .list(of: .int8)] {
            try column([0, 2, 6], type).validate()
            try column([3, 3, 3], type).validate()
            for offsets: [Int32] in [[0, 7], [0, 3, 2], [-1, 2], [0, .max, 6], [0, .min, 6], [5, 2, 6]] {
                #expect(throws: ArrowError.self) { try column(offsets, type).validate() }
            }
        }
    }

    @Test func textsThatAreNotUTF8() throws {
        var builder = ArrowStringBuilder(.utf8View)
        for bytes: [UInt8] in [Array("ü".utf8), [0x41, 0xff]] { builder.append(utf8: bytes.span) }
        let batch = try RecordBatch([("t", builder.finish())])
        #expect(batch["t"]?.string(at: 1) == "A\u{fffd}")
        try batch.validate()
        let error = #expect(throws: ArrowError.self) { try batch.validate(utf8: true) }
        #expect(error?.field == "t")
        try batch[0..<1].validate(utf8: true)
        let bytes = try ArrowWriter.encode([batch], schema: batch.schema)
        #expect(try readAll(bytes).count == 1)
        var options = ArrowReadOptions()
        options.validatesUTF8 = true
        #expect(throws: ArrowError.self) { try readAll(bytes, options: options) }
    }

    /// A compressed buffer that says it is longer, or shorter, than what it holds.
    @Test func lz4() throws {
        let frame: [UInt8] = [0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0xc0, 6, 0, 0, 0, 0x32, 1, 2, 3, 2, 0, 0, 0, 0, 0]
        func decompress(_ frame: [UInt8], _ count: Int) throws(ArrowError) -> [UInt8] {
            let target = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
            defer { target.deallocate() }
            let source = ArrowMemory(frame)
            try LZ4Frame.decompress(source.bytes, into: target)
            return Array(target)
        }
        // Three literals, then six bytes from two before: 1 2 3, 2 3 2 3 2 3.
        #expect(try decompress(frame, 9) == [1, 2, 3, 2, 3, 2, 3, 2, 3])
        for count in [0, 1, 8, 10] { #expect(throws: ArrowError.self) { try decompress(frame, count) } }
        for count in 0..<frame.count { #expect(throws: ArrowError.self) { try decompress(Array(frame[..<count]), 9) } }
        var far = frame
        far[15] = 9
        #expect(throws: ArrowError.self) { try decompress(far, 9) }
    }
}
