import Foundation
import Sheaf
import Testing

@Suite struct TextOptionsTests {
    @Test("skipLines leaves out the first lines of each file, however it is cut", arguments: TextCase.plain, [0, 1, 2, 3, 100])
    func skipLines(_ expected: TextCase, _ skip: Int) async throws {
        try await withSession { session async throws in
            for partitionBytes in [nil, 1, 2, 7, 20] {
                let options = TextOptions(partitionBytes: partitionBytes, skipLines: skip)
                let bag = session.lines(of: expected.path, as: UTF8Slice.self, options: options)
                #expect(try await bag.bytes() == Array(expected.lines!.dropFirst(skip)), "in partitions of \(partitionBytes ?? 0) bytes")
            }
        }
    }

    @Test("skipLines applies to each of several files, compressed ones too")
    func skipLinesOfManyFiles() async throws {
        let paths = ["lf.txt", "members.txt.gz", "frames.txt.zst", "one-line.txt"].map { Oracle.file($0) }
        try await withSession { session async throws in
            let found = try await session.lines(of: paths, options: TextOptions(skipLines: 1)).collect()
            let members = ["two", "begins here and ends there", "last"]
            #expect(found == ["second", "", "fourth, longer than the others", "last"] + members + members)
        }
    }

    @Test("A pattern names the files that match it, in the order of their names")
    func globs() async throws {
        try await withFolder { folder async throws in
            for name in ["b.txt", "a.txt", "c10.txt", "c9.txt", "d.csv"] { _ = try write(Array("\(name)\n".utf8), to: name, in: folder) }
            try await withSession { session async throws in
                #expect(try await session.lines(of: "\(folder)/*.txt").collect() == ["a.txt", "b.txt", "c10.txt", "c9.txt"])
                #expect(try await session.lines(of: "\(folder)/[ad].*").collect() == ["a.txt", "d.csv"])
                #expect(try await session.lines(of: "\(folder)/?.txt").collect() == ["a.txt", "b.txt"])
                let paths = ["\(folder)/d.csv", "\(folder)/c*.txt", "\(folder)/a.txt", "\(folder)/a.txt"]
                #expect(try await session.lines(of: paths).collect() == ["d.csv", "c10.txt", "c9.txt", "a.txt", "a.txt"])
                #expect(try await session.lines(of: [String]()).collect() == [])
            }
        }
    }

    @Test("A file whose own name looks like a pattern is found by it")
    func bracketsInNames() async throws {
        try await withFolder { folder async throws in
            let path = try write(Array("found\n".utf8), to: "data[1].txt", in: folder)
            try await withSession { session async throws in
                #expect(try await session.lines(of: path).collect() == ["found"])
            }
        }
    }

    @Test("Files are looked up when the plan runs, not when it is made")
    func lateLookup() async throws {
        try await withFolder { folder async throws in
            try await withSession { session async throws in
                let bag = session.lines(of: "\(folder)/*.txt")
                _ = try write(Array("one\n".utf8), to: "1.txt", in: folder)
                #expect(try await bag.collect() == ["one"])
                _ = try write(Array("two\n".utf8), to: "2.txt", in: folder)
                #expect(try await bag.collect() == ["one", "two"])
            }
        }
    }

    @Test("Without partitionBytes a large file makes a few partitions for each worker, a small one a single one")
    func defaultPartitions() async throws {
        try await withFolder { folder async throws in
            let path = try write(repeatElement(UInt8(ascii: "\n"), count: 16 << 20), to: "large", in: folder)
            try await withSession(SessionOptions(workers: 2, memory: 1 << 30)) { session async throws in
                #expect((6...10).contains(try session.lines(of: path).partitionCount()))
                #expect(try session.lines(of: Oracle.file("lf.txt")).partitionCount() == 1)
            }
            // A partition must not take a large share of a small budget.
            try await withSession(SessionOptions(workers: 2, memory: 16 << 20)) { session async throws in
                #expect(try session.lines(of: path).partitionCount() == 16)
            }
        }
    }

    @Test("Partitions of no bytes are refused", arguments: [0, -1])
    func partitionBytes(_ bytes: Int) async throws {
        try await withSession { session async throws in
            let bag = session.lines(of: Oracle.file("lf.txt"), options: TextOptions(partitionBytes: bytes))
            let error = await #expect(throws: PlanError.self) { try await bag.collect() }
            #expect(error?.code == .invalidArgument)
        }
    }

    @Test("A byte-order mark is part of the first line, as its bytes are")
    func byteOrderMark() async throws {
        try await withSession { session async throws in
            let lines = try await session.lines(of: Oracle.file("byte-order-mark.txt")).collect()
            #expect(lines.map { Array($0.unicodeScalars) } == [Array("\u{FEFF}id,value".unicodeScalars), Array("1,10".unicodeScalars)])
        }
    }
}
