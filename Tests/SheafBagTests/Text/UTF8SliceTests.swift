import Foundation
import Sheaf
import Testing

@Suite struct UTF8SliceTests {
    /// Around the 15 bytes that are held inline, and the eight that are compared at a time.
    static let lengths = [0, 1, 7, 8, 9, 14, 15, 16, 17, 23, 24, 31, 32, 33, 100]

    @Test("A slice is its bytes, whether held inline or in a buffer", arguments: lengths)
    func bytes(length: Int) {
        var random = RandomInputs(seed: UInt64(length))
        for _ in 0..<20 {
            let bytes = random.bytes(length)
            let slice = UTF8Slice(bytes, between: random.bytes(random.below(20)), and: random.bytes(random.below(20)))
            #expect(slice.bytes == bytes)
            #expect(slice.count == length)
            #expect(slice.isEmpty == bytes.isEmpty)
            #expect(bytes.indices.allSatisfy { slice[$0] == bytes[$0] })
            #expect(slice.detached() == slice)
            #expect(slice.detached().bytes == bytes)
            #expect(String(slice) == String(decoding: bytes, as: UTF8.self))
            #expect(slice.description == String(slice))
        }
    }

    @Test("Every part of a slice is the same part of its bytes", arguments: lengths)
    func parts(length: Int) {
        var random = RandomInputs(seed: UInt64(length))
        let bytes = random.bytes(length), slice = UTF8Slice(bytes, between: random.bytes(5), and: random.bytes(5))
        for lower in 0...length {
            for upper in lower...length {
                let part = slice[lower..<upper]
                #expect(part.bytes == Array(bytes[lower..<upper]))
                // A part of a long slice equals the same text made in another way.
                #expect(part == UTF8Slice(lossless: Array(bytes[lower..<upper])))
            }
        }
    }

    @Test("Equality, hashes and order are those of the bytes, whatever lies beside them", arguments: 1...30 as ClosedRange<UInt64>)
    func semantics(seed: UInt64) {
        var random = RandomInputs(seed: seed)
        for _ in 0..<200 {
            // Few different bytes and close lengths, so that equal ones and common beginnings are frequent.
            let length = random.below(40)
            let a = (0..<length).map { _ in UInt8(random.below(2)) &* 255 }
            var b = a
            switch random.below(4) {
            case 0 where !b.isEmpty: b[random.below(b.count)] ^= 1 << UInt8(random.below(8))
            case 1: b.append(UInt8(random.below(2)))
            case 2 where !b.isEmpty: b.removeLast()
            default: break
            }
            let left = UTF8Slice(a, between: random.bytes(random.below(18)), and: random.bytes(random.below(18)))
            let right = UTF8Slice(b, between: random.bytes(random.below(18)), and: random.bytes(random.below(18)))
            #expect((left == right) == (a == b))
            #expect((left < right) == a.lexicographicallyPrecedes(b))
            #expect((left > right) == b.lexicographicallyPrecedes(a))
            if a == b { #expect(left.hashValue == right.hashValue) }
        }
    }

    @Test("Slices hash to many values: short ones, long ones, and ones that differ in one bit", arguments: [3, 15, 16, 40])
    func hashes(length: Int) {
        var random = RandomInputs(seed: 3)
        let base = random.bytes(length)
        var slices: Set<UTF8Slice> = [], hashes: Set<Int> = []
        for bit in 0..<length * 8 {
            var bytes = base
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            slices.insert(UTF8Slice(lossless: bytes))
            hashes.insert(UTF8Slice(lossless: bytes).hashValue)
        }
        #expect(slices.count == length * 8)
        #expect(hashes.count == length * 8)
    }

    @Test("The first index of a byte is that of the bytes, from any offset", arguments: lengths)
    func firstIndex(length: Int) {
        var random = RandomInputs(seed: UInt64(length))
        for separator in [0, 1, 10, 44, 127, 128, 255] as [UInt8] {
            for _ in 0..<20 {
                // The separator's neighbours are what searching by words mistakes for it.
                let near = [separator, separator ^ 1, separator &+ 1, separator &- 1, separator ^ 0x80, 65]
                let bytes = (0..<length).map { _ in near[random.below(near.count)] }
                let slice = UTF8Slice(bytes, between: [separator, separator], and: Array(repeating: separator, count: 9))
                for offset in 0...length + 2 {
                    let expected = offset <= length ? bytes[offset...].firstIndex(of: separator) : nil
                    #expect(slice.firstIndex(of: separator, from: offset) == expected)
                }
            }
        }
    }

    @Test("hasPrefix compares bytes")
    func hasPrefix() {
        for text in ["", "a", "ab", "abc and many more bytes", "é"] {
            let slice = UTF8Slice(Array(text.utf8), between: [97], and: [97, 98])
            #expect(slice.hasPrefix(""))
            #expect(slice.hasPrefix("ab") == text.utf8.starts(with: "ab".utf8))
            #expect(slice.hasPrefix("abc and many more bytes and more") == false)
            #expect(slice.hasPrefix("é") == (text == "é"))
        }
        #expect(!UTF8Slice("e\u{301}").hasPrefix("é"), "canonically equivalent, but other bytes")
    }

    @Test("A slice goes through JSON and a spill file unchanged", arguments: lengths)
    func coding(length: Int) throws {
        let text = String(repeating: "é👍x", count: 40).unicodeScalars.prefix(length / 2).reduce(into: "") { $0.unicodeScalars.append($1) }
        let slice = UTF8Slice(text)
        let decoded = try JSONDecoder().decode([UTF8Slice].self, from: JSONEncoder().encode([slice]))
        #expect(decoded == [slice])
        var bytes: [UInt8] = []
        slice.spill(to: &bytes)
        let read = try bytes.withUnsafeBytes { raw in
            var reader = SpillReader(raw)
            let slice = try UTF8Slice(spilled: &reader)
            #expect(reader.isAtEnd)
            return slice
        }
        #expect(read == slice)
    }

    @Test("Slices outlive the buffers that lines are read into, and keep their text", arguments: [1, 3, 7])
    func outlivingBuffers(partitions: Int) async throws {
        // Several buffers of 256 KiB, of which only some lines are kept.
        try await withFolder { folder async throws in
            let lines = (0..<60_000).map { "\($0) is the number of this line" }
            let path = try write(Array(lines.joined(separator: "\n").utf8), to: "many", in: folder)
            let size = lines.reduce(0) { $0 + $1.utf8.count + 1 }
            try await withSession { session async throws in
                let options = TextOptions(partitionBytes: size / partitions + 1)
                let bag = session.lines(of: path, as: UTF8Slice.self, options: options)
                let all = try await bag.collect()
                #expect(all.elementsEqual(lines) { $0 == UTF8Slice($1) })
                let some = try await bag.filter { Int($0[0..<($0.firstIndex(of: 32) ?? 0)])! % 1000 == 999 }.map { ($0, $0[3..<$0.count]) }
                    .collect()
                #expect(some.map { String($0.0) } == stride(from: 999, to: 60_000, by: 1000).map { lines[$0] })
                #expect(some.allSatisfy { String($0.1) == String(String($0.0).dropFirst(3)) })
                let kept = try await bag.map { $0[$0.count - 20..<$0.count] }.persist()
                #expect(try await kept.distinct().collect().map { String($0) } == ["e number of this line".suffix(20)].map { String($0) })
            }
        }
    }
}
