import Foundation
import Sheaf
import Testing

@Suite struct LineSplittingTests {
    @Test("A whole file has the lines that Python finds in it", arguments: TextCase.plain)
    func whole(_ expected: TextCase) async throws {
        try await withSession { session async throws in
            let slices = session.lines(of: expected.path, as: UTF8Slice.self)
            #expect(try slices.partitionCount() == 1)
            #expect(try await slices.bytes() == expected.lines)
            let strings = try await session.lines(of: expected.path).collect()
            #expect(strings == expected.lines!.map { String(decoding: $0, as: UTF8.self) })
        }
    }

    @Test("Cutting a file into ranges of any size gives the same lines", arguments: TextCase.plain)
    func everySize(_ expected: TextCase) async throws {
        let size = try Data(contentsOf: URL(fileURLWithPath: expected.path)).count
        try await withSession { session async throws in
            for bytes in 1...max(size, 1) + 1 {
                let bag = session.lines(of: expected.path, as: UTF8Slice.self, options: TextOptions(partitionBytes: bytes))
                #expect(try await bag.bytes() == expected.lines, "in partitions of \(bytes) bytes")
                #expect(try bag.partitionCount() == max(1, (size + bytes - 1) / bytes))
            }
        }
    }

    /// Ranges are cut at even distances, so a file of two ranges is cut in the middle: growing the file at its end moves the cut
    /// through the part in front.
    @Test("A cut at any byte of a text gives the same lines", arguments: ["\n", "\r\n", "\n\n", "\r\n\r\n", "\n\r", "\r"])
    func everyCut(lineEnd: String) async throws {
        let text = ["ab", "", "c", "\r", "de"].joined(separator: lineEnd) + lineEnd
        try await withFolder { folder async throws in
            try await withSession { session async throws in
                for length in 0...text.utf8.count {
                    let bytes = Array(text.utf8) + Array(repeating: UInt8(ascii: "x"), count: length)
                    let path = try write(bytes, to: "cut", in: folder)
                    let whole = try await session.lines(of: path, as: UTF8Slice.self).bytes()
                    #expect(whole == lines(of: bytes))
                    for bytes in 1...max(1, bytes.count) {
                        let cut = session.lines(of: path, as: UTF8Slice.self, options: TextOptions(partitionBytes: bytes))
                        #expect(try await cut.bytes() == whole)
                    }
                }
            }
        }
    }

    @Test("Lines longer than the reading buffer come whole, in one range and cut inside them", arguments: [1, 3], [0, 1, 2, -1])
    func longLines(buffers: Int, offset: Int) async throws {
        // Lengths about a multiple of the 256 KiB buffer, so that line ends fall on its edge.
        let length = buffers * (1 << 18) + offset
        let long = (0..<length).map { UInt8(ascii: "a") + UInt8($0 % 23) }
        let bytes = Array("short\n".utf8) + long + Array("\r\n\nlast".utf8)
        try await withFolder { folder async throws in
            let path = try write(bytes, to: "long", in: folder)
            try await withSession { session async throws in
                for partitionBytes in [nil, 100_000, 1 << 18, length] {
                    let bag = session.lines(of: path, as: UTF8Slice.self, options: TextOptions(partitionBytes: partitionBytes))
                    let found = try await bag.collect()
                    try #require(found.map(\.count) == [5, length, 0, 4])
                    #expect(found[1].bytes.elementsEqual(long))
                    #expect(found[0] == "short" && found[3] == "last")
                }
            }
        }
    }

    @Test("Line ends on the edge of the reading buffer are seen", arguments: -3...3)
    func endsAtTheEdge(offset: Int) async throws {
        // Lines of sixteen bytes fill the buffer exactly; the first is longer or shorter.
        let first = String(repeating: "f", count: 16 + offset) + "\r\n"
        let bytes = Array(first.utf8) + Array(repeatElement("exactly 16 byte\n", count: 40_000).joined().utf8)
        try await withFolder { folder async throws in
            let path = try write(bytes, to: "edge", in: folder)
            try await withSession { session async throws in
                for partitionBytes in [nil, 1 << 18, (1 << 18) - 1, 16] where partitionBytes != 16 || offset == 0 {
                    let options = TextOptions(partitionBytes: partitionBytes.map { max($0, 4096) })
                    let found = try await session.lines(of: path, as: UTF8Slice.self, options: options).collect()
                    #expect(found.count == 40_001)
                    #expect(found[0].count == 16 + offset)
                    #expect(found.dropFirst().allSatisfy { $0 == "exactly 16 byte" })
                }
            }
        }
    }

    @Test("Random texts have the same lines however they are cut", arguments: 1...20 as ClosedRange<UInt64>)
    func randomTexts(seed: UInt64) async throws {
        var random = RandomInputs(seed: seed)
        let alphabet: [UInt8] = [10, 10, 13, 65, 66, 0, 0xC3, 0xA9]
        let bytes = (0..<random.below(400)).map { _ in alphabet[random.below(alphabet.count)] }
        try await withFolder { folder async throws in
            let path = try write(bytes, to: "random", in: folder)
            try await withSession { session async throws in
                for _ in 0..<10 {
                    let options = TextOptions(partitionBytes: 1 + random.below(bytes.count + 1))
                    let found = try await session.lines(of: path, as: UTF8Slice.self, options: options).bytes()
                    #expect(found == lines(of: bytes), "in partitions of \(options.partitionBytes!) bytes")
                }
            }
        }
    }
}

/// As dev/oracle/text.py splits.
private func lines(of bytes: [UInt8]) -> [[UInt8]] {
    var parts = bytes.split(separator: 10, omittingEmptySubsequences: false).map { Array($0) }
    if parts.last == [] { parts.removeLast() }
    return parts.map { $0.last == 13 ? $0.dropLast() : $0 }
}
