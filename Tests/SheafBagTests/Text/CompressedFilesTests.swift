import Foundation
import Sheaf
import Testing

@Suite struct CompressedFilesTests {
    @Test("Compressed files hold the lines that were packed, across members and frames", arguments: TextCase.compressed)
    func lines(_ expected: TextCase) async throws {
        try await withSession { session async throws in
            let bag = session.lines(of: expected.path, as: UTF8Slice.self, options: TextOptions(partitionBytes: 5))
            #expect(try bag.partitionCount() == 1, "a compressed file is read from its beginning, so it is one partition")
            let found = try await bag.bytes()
            #expect(found.count == expected.count)
            #expect(found.last == expected.last)
            if let lines = expected.lines { #expect(found == lines) }
            if expected.name.hasPrefix("large") {
                #expect(found == (0..<expected.count).map { Array("\($0),line number \($0)".utf8) })
            }
        }
    }

    @Test("Plain and compressed files can be read in one bag")
    func mixed() async throws {
        let paths = ["lf.txt", "lines.txt.gz", "lines.txt.zst"].map { Oracle.file($0) }
        try await withSession { session async throws in
            let unicode = try await session.lines(of: Oracle.file("unicode.txt")).collect()
            let plain = try await session.lines(of: paths[0]).collect()
            #expect(try await session.lines(of: paths).collect() == plain + unicode + unicode)
        }
    }

    static let packed = TextCase.compressed.map(\.name)

    @Test("A file cut off anywhere is damaged, not short", arguments: packed)
    func truncated(name: String) async throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: Oracle.file(name)))
        let size = whole.count
        let lengths = size < 200 ? Array(1..<size) : [1, 2, 5, 17, size / 2, size - 9, size - 4, size - 1]
        try await withFolder { folder async throws in
            try await withSession { session async throws in
                for length in lengths where !Self.isEnd(length, of: whole) {
                    let path = try write(whole.prefix(length), to: name, in: folder)
                    let error = await #expect(throws: TaskError.self, "after \(length) bytes") { try await session.lines(of: path).count() }
                    #expect(error?.code == .corruptInput)
                    #expect(error?.message.contains(path) == true)
                    #expect(error?.hint != nil)
                }
            }
        }
    }

    /// Whether a file of several members, or frames, may end there: what follows begins with the format's magic number. Of gzip's, the
    /// first byte alone counts as something that is not gzip's, which may follow too.
    static func isEnd(_ position: Int, of bytes: Data) -> Bool {
        let rest = bytes[position...]
        return rest.starts(with: [0x1F, 0x8B, 8]) || rest.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
            || bytes[(position - 1)...].starts(with: [0x1F, 0x8B, 8])
    }

    @Test("Padding after the last member of a gzip file is ignored, as gzip does")
    func padding() async throws {
        try await withFolder { folder async throws in
            let bytes = try Data(contentsOf: URL(fileURLWithPath: Oracle.file("members.txt.gz"))) + Data(count: 512)
            let path = try write(bytes, to: "padded.gz", in: folder)
            try await withSession { session async throws in
                #expect(try await session.lines(of: path).collect() == ["one", "two", "begins here and ends there", "last"])
            }
        }
    }

    @Test("A changed byte is noticed", arguments: packed.filter { !$0.hasPrefix("repeated") && !$0.hasPrefix("empty") })
    func damaged(name: String) async throws {
        let whole = try Array(Data(contentsOf: URL(fileURLWithPath: Oracle.file(name))))
        try await withFolder { folder async throws in
            try await withSession { session async throws in
                // The data, and in gzip files the checksum.
                for position in [25, whole.count - 6] {
                    var bytes = whole
                    bytes[position] ^= 0x55
                    let path = try write(bytes, to: name, in: folder)
                    let error = await #expect(throws: TaskError.self, "at byte \(position)") { try await session.lines(of: path).count() }
                    #expect(error?.code == .corruptInput)
                }
            }
        }
    }

    @Test("A plain file with the name of a compressed one is refused", arguments: ["plain.gz", "plain.zst", "plain.zstd"])
    func plainFile(name: String) async throws {
        try await withFolder { folder async throws in
            for text in ["x", "just some text\n", String(repeating: "more of it\n", count: 50_000)] {
                let path = try write(Array(text.utf8), to: name, in: folder)
                try await withSession { session async throws in
                    let error = await #expect(throws: TaskError.self) { try await session.lines(of: path).collect() }
                    #expect(error?.code == .corruptInput)
                    #expect(error?.message.contains(path) == true)
                }
            }
        }
    }

    @Test("A file of no bytes has no lines, packed or not", arguments: ["none.gz", "none.zst"])
    func noBytes(name: String) async throws {
        try await withFolder { folder async throws in
            let path = try write([], to: name, in: folder)
            try await withSession { session async throws in #expect(try await session.lines(of: path).collect() == []) }
        }
    }

    @Test("Errors in lines of compressed files name the line")
    func lineNumbers() async throws {
        try await withSession { session async throws in
            for name in ["large.txt.gz", "large.txt.zst"] {
                let bag = session.lines(of: Oracle.file(name)).parse { line in
                    if line.hasPrefix("12345,") { throw Malformed() }
                    return line
                }
                let error = await #expect(throws: TaskError.self) { try await bag.count() }
                #expect(error?.record == RecordPosition(file: Oracle.file(name), line: 12_346, text: "12345,line number 12345"))
            }
        }
    }
}
