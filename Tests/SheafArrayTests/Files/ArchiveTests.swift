import Foundation
import SheafCore
import SheafLocal
import Testing

@testable import SheafArray

@Suite(".npz files")
struct ArchiveTests {
    @Test("what numpy.savez and numpy.savez_compressed write", arguments: ["stored.npz", "deflated.npz"])
    func reading(file: String) async throws {
        let session = Session(workers: 2), archive = try NumPyArchive(path: NumPyFixtures.path(file))
        #expect(archive.arrays.map(\.name).starts(with: ["x", "y"]))
        #expect(archive.arrays[0].header.shape == [3, 4] && archive.arrays[1].header.scalarType == .int64)
        let x = try session.array(archive, "x", as: Double.self, chunks: [2, 3])
        #expect(try await x.compute().elements == (0..<12).map(Double.init))
        let y = try session.array(npz: NumPyFixtures.path(file), "y", as: Int.self, chunks: 77)
        #expect(try await y.compute().elements == (0..<300).map { $0 % 7 })
        #expect(errorCode { _ = try session.array(archive, "nothing", as: Double.self) } == .inputNotFound)
        #expect(errorCode { _ = try session.array(archive, "x", as: Float.self) } == .invalidArgument)
        if file == "deflated.npz" {
            let z = try session.array(archive, "z", as: Double.self, chunks: 2)
            #expect(try await z.compute().elements == (0..<12).map(Double.init))
        }
    }

    @Test("what is written is read again, and by numpy.load where there is a Python")
    func writing() async throws {
        let session = Session(workers: 2), folder = try ScratchFolder(), path = folder.path("some.npz")
        let x = session.random.normal(shape: [30, 20], chunks: [7, 9], seed: 1)
        let flags = session.arange(0, 11, chunks: 4) .< 5
        try await session.write(
            npz: path, [NamedArray("x", x + 1), NamedArray("flags", flags), NamedArray("empty", session.zeros(shape: [0, 3]))])
        let archive = try NumPyArchive(path: path)
        #expect(archive.arrays.map(\.name) == ["x", "flags", "empty"])
        #expect(try await session.array(archive, "x", as: Double.self).compute() == (x + 1).compute())
        #expect(try await session.array(archive, "flags", as: Bool.self).compute().elements == (0..<11).map { $0 < 5 })
        #expect(try await session.array(archive, "empty", as: Double.self).compute().shape == [0, 3])
        // The checksums are right: an independent reader says so.
        let test = Process()
        test.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        test.arguments = ["python3", "-c", "import sys, zipfile; sys.exit(zipfile.ZipFile(sys.argv[1]).testzip() is not None)", path]
        test.standardError = Pipe()
        try test.run()
        test.waitUntilExit()
        // 127: there is no Python.
        #expect(test.terminationStatus == 0 || test.terminationStatus == 127)
        await #expect(throws: PlanError.self) { try await session.write(npz: path, [NamedArray("a", x), NamedArray("a", x)]) }
        #expect(try folder.names == ["some.npz"])
    }

    @Test("checksum of the check value of the polynomial")
    func checksum() {
        var crc = CRC32()
        Array("123456789".utf8).withUnsafeBytes { crc.add($0) }
        #expect(crc.value == 0xCBF4_3926)
    }

    @Test("no change of bytes makes the reader trap, and a damaged member is noticed")
    func mutations() async throws {
        var random = SplitMix64(seed: 2, stream: 0)
        let folder = try ScratchFolder(), session = Session(workers: 1)
        let seeds = try ["stored.npz", "deflated.npz"].map(NumPyFixtures.bytes)
        for round in 0..<400 {
            var bytes = seeds[round % 2]
            for _ in 0..<(1 + random.next() % 3) {
                // Mostly in the directory at the end.
                let at = random.next() % 3 == 0 ? Int(random.next() % UInt64(bytes.count)) : bytes.count - 1 - Int(random.next() % 200)
                switch random.next() % 3 {
                case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes[at] = random.next() % 2 == 0 ? 0xFF : 0
                default: bytes.remove(at: at)
                }
            }
            let path = try folder.write("mutated.npz", bytes)
            do {
                let archive = try NumPyArchive(path: path)
                for (name, header) in archive.arrays where header.scalarType == .float64 {
                    _ = try await session.array(archive, name, as: Double.self).compute()
                }
            } catch {
                let code = ((error as? TaskError)?.cause as? PlanError ?? error as? PlanError)?.code
                #expect([.corruptInput, .unsupported, .inputNotFound].contains(code), "\(error)")
            }
        }
        // A changed byte of compressed data is not taken for an array.
        var bytes = seeds[1]
        let start = try #require(bytes.firstRange(of: Array("x.npy".utf8))).upperBound + 60
        bytes[start] ^= 0x10
        let path = try folder.write("damaged.npz", bytes)
        await #expect(throws: (any Error).self) { try await session.array(npz: path, "x", as: Double.self).compute() }
    }
}
