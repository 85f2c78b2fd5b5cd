import Foundation
import SheafCore
import SheafLocal
import Testing

@testable import SheafArray

@Suite(".npy files and raw files")
struct NumPyFilesTests {
    @Test("every dtype, order and version that NumPy writes", arguments: try NumPyFixtures.cases("files.json"))
    func reading(fixture: NumPyFixtures.Case) async throws {
        func check<Scalar: FixtureScalar>(_ type: Scalar.Type) async throws {
            let session = Session(workers: 2), path = NumPyFixtures.path(fixture.file)
            let expected = try Scalar.elements(fixture.elements)
            let header = try NumPyHeader(path: path)
            #expect(header.scalarType == fixture.type && header.shape == fixture.shape)
            for chunks: ChunkSizes in [.automatic, .uniform(2), .uniform(-1), .uniform(3)] {
                let array = try session.array(npy: path, as: Scalar.self, chunks: chunks)
                #expect(array.shape == fixture.shape)
                #expect(areSame(try await array.compute().elements, expected), "\(chunks)")
            }
            // Written again, it is what numpy.save writes.
            let folder = try ScratchFolder(), copy = folder.path("copy.npy")
            for chunks: ChunkSizes in [.uniform(2), .uniform(-1)] {
                try await session.array(npy: path, as: Scalar.self, chunks: chunks).write(npy: copy)
                let written = Array(try Data(contentsOf: URL(fileURLWithPath: copy)))
                if fixture.isPlain { #expect(try written == NumPyFixtures.bytes(fixture.file)) }
                #expect(areSame(try await session.array(npy: copy, as: Scalar.self).compute().elements, expected))
            }
            #expect(try folder.names == ["copy.npy"])
        }
        try await check(fixture.type.fixtureType)
    }

    @Test("chunks are views of the mapped file")
    func views() async throws {
        let session = Session(workers: 1)
        let array = try session.array(npy: NumPyFixtures.path("float64.npy"), as: Double.self, chunks: [1, 5])
        let graph = try array.graph().graph
        #expect(graph.count == 0)
        let row = try await (array * 2).sum(axes: [1]).compute()
        let whole = try await array.compute().elements
        for index in 0..<3 { #expect(abs(row[index] - 2 * whole[index * 5..<index * 5 + 5].reduce(0, +)) < 1e-14) }
    }

    @Test("an array larger than the session's memory is written within it")
    func outOfCore() async throws {
        let session = Session(workers: 2, memory: 8 << 20), folder = try ScratchFolder()
        let x = session.random.uniform(shape: [2000, 3000], chunks: [300, 700], seed: 4)
        try await (x + 1).write(npy: folder.path("x.npy"))
        let read = try session.array(npy: folder.path("x.npy"), as: Double.self, chunks: [100, 3000])
        let other = session.random.uniform(shape: [2000, 3000], chunks: [1000, 100], seed: 4)
        #expect(try await (read - other).sum().item() == 6_000_000)
    }

    @Test("what no array can hold is refused with its reason")
    func unsupported() {
        let session = Session(workers: 1)
        for file in ["objects.npy", "records.npy", "texts.npy", "half.npy"] {
            #expect(errorCode { _ = try session.array(npy: NumPyFixtures.path(file), as: Double.self) } == .unsupported, "\(file)")
        }
        let wrong = errorCode { _ = try session.array(npy: NumPyFixtures.path("int32.npy"), as: Double.self) }
        #expect(wrong == .invalidArgument)
        #expect(errorCode { _ = try session.array(npy: "no-such-file.npy", as: Double.self) } == .inputNotFound)
        #expect(errorCode { _ = try session.array(npy: NumPyFixtures.folder, as: Double.self) } == .inputOutput)
    }

    @Test("malformed headers are refused")
    func malformed() throws {
        let folder = try ScratchFolder()
        func header(_ text: String, version: [UInt8] = [1, 0]) -> [UInt8] {
            [0x93] + Array("NUMPY".utf8) + version + [UInt8(text.utf8.count & 255), UInt8(text.utf8.count >> 8)] + Array(text.utf8)
        }
        let cases: [(String, [UInt8])] = [
            ("empty", []), ("magic", Array("no array at all, but long enough".utf8)),
            ("header", header("nothing\n")), ("no shape", header("{'descr': '<f8', 'fortran_order': False, }\n")),
            ("negative", header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }\n")),
            ("number", header("{'descr': '<f8', 'fortran_order': False, 'shape': (3), }\n")),
            ("overflow", header("{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807, 4), }\n")),
            ("too large", header("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }\n")),
            ("hidden overflow", header("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4611686018427387904, 4), }\n")),
            ("trailing", header("{'descr': '<f8', 'fortran_order': False, 'shape': (0,), } + 1\n")),
            ("twice", header("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (0,), }\n")),
            ("order", header("{'descr': '<f8', 'fortran_order': 'no', 'shape': (0,), }\n")),
            ("data", header("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }\n") + [1, 2, 3]),
            ("length", header("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }\n").dropLast(9)),
        ]
        for (name, bytes) in cases {
            let path = try folder.write("\(name).npy", bytes)
            #expect(errorCode { _ = try NumPyHeader(path: path) } == .corruptInput, "\(name)")
        }
        let version = try folder.write("version.npy", header("{}", version: [9, 0]))
        #expect(errorCode { _ = try NumPyHeader(path: version) } == .unsupported)
        do {
            _ = try NumPyHeader(path: folder.path("data.npy"))
        } catch let error as PlanError {
            #expect(error.message.contains("data.npy") && error.message.contains("3 of 8 bytes"))
        }
    }

    @Test("no change of bytes makes the reader trap, or read outside the file")
    func mutations() throws {
        var random = SplitMix64(seed: 1, stream: 0)
        let seeds = try ["float64.npy", "version-2.npy", "complex128-swapped.npy", "four-axes-fortran.npy", "records.npy"]
            .map(NumPyFixtures.bytes)
        var accepted = 0
        for round in 0..<4000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<(1 + random.next() % 3) {
                let at = Int(random.next() % UInt64(min(bytes.count, 130)))
                switch random.next() % 6 {
                case 4, 5:
                    // Another size, or a space more.
                    let digits = bytes.indices.prefix(128).filter { (48...57).contains(bytes[$0]) || bytes[$0] == 32 }
                    if let place = digits.randomElement(using: &random) {
                        bytes[place] = Array("0123456789 ".utf8)[Int(random.next() % 11)]
                    }
                case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: at)
                case 2: bytes.insert(Array("0123456789(),'[]{}L\\ ".utf8)[Int(random.next() % 21)], at: at)
                default: bytes = Array(bytes.prefix(Int(random.next() % UInt64(bytes.count + 1))))
                }
                if bytes.isEmpty { break }
            }
            bytes.withUnsafeBytes { bytes in
                do {
                    let header = try NumPyHeader(bytes, path: "mutated")
                    try header.checkLength(bytes.count, path: "mutated")
                    #expect(header.dataOffset + header.byteCount <= bytes.count)
                    accepted += 1
                } catch {
                    #expect([.corruptInput, .unsupported].contains((error as? PlanError)?.code))
                }
            }
        }
        // Some changes are harmless; most are not.
        #expect(accepted > 20 && accepted < 2000, "\(accepted)")
    }

    @Test("files of nothing but elements")
    func raw() async throws {
        let session = Session(workers: 2), folder = try ScratchFolder()
        let x = session.array((0..<24).map(Int16.init), shape: [4, 6], chunks: [2, 4])
        try await x.write(raw: folder.path("x.raw"))
        #expect(try Array(Data(contentsOf: URL(fileURLWithPath: folder.path("x.raw")))) == (0..<24).flatMap { [UInt8($0), 0] })
        let plain: NDArray<Int16> = try session.array(raw: folder.path("x.raw"))
        #expect(try await plain.compute().elements == (0..<24).map(Int16.init))
        let part = try session.array(raw: folder.path("x.raw"), as: Int16.self, shape: [2, 3], offset: 6, chunks: 2)
        #expect(try await part.compute().elements == [3, 4, 5, 6, 7, 8])
        let fortran = try session.array(raw: folder.path("x.raw"), as: Int16.self, shape: [6, 4], isFortranOrder: true, chunks: [2, 3])
        #expect(try await fortran.compute() == DenseArray((0..<24).map(Int16.init), shape: [4, 6]).transposed())
        // Not aligned, and in the other byte order.
        let odd = try session.array(raw: folder.path("x.raw"), as: Int16.self, shape: [2, 5], offset: 1, isByteSwapped: true, chunks: 2)
        #expect(try await odd.compute().elements == (1...10).map(Int16.init))
        #expect(errorCode { _ = try session.array(raw: folder.path("x.raw"), as: Double.self, shape: [7]) } == .corruptInput)
        #expect(errorCode { _ = try session.array(raw: folder.path("x.raw"), as: Double.self, offset: 1) } == .corruptInput)
        #expect(errorCode { _ = try session.array(raw: folder.path("x.raw"), as: Double.self, shape: [-1]) } == .invalidArgument)
    }

    @Test("a file for each chunk")
    func chunkFiles() async throws {
        let session = Session(workers: 2), folder = try ScratchFolder(), path = folder.path("chunks")
        let x = session.random.integers(in: Int32(0)..<1000, shape: [7, 10], chunks: [3, 4], seed: 8)
        let written = try await x.write(npyChunks: path)
        #expect(written.count == 9 && written[5] == "\(path)/1.2.npy")
        let read = try session.array(npyChunks: path, as: Int32.self)
        #expect(read.chunks == x.chunks)
        #expect(try await read.compute() == x.compute())
        let last = try session.array(npy: written[8], as: Int32.self)
        #expect(last.shape == [1, 2])
        try await (x .> 500).write(npyChunks: folder.path("flags"))
        #expect(try await session.array(npyChunks: folder.path("flags"), as: Bool.self).compute() == (x .> 500).compute())
        try await session.full(3.5, shape: []).write(npyChunks: folder.path("one"))
        #expect(try await session.array(npyChunks: folder.path("one"), as: Double.self).item() == 3.5)
        #expect(errorCode { _ = try session.array(npyChunks: path, as: Float.self) } == .invalidArgument)
        #expect(errorCode { _ = try session.array(npyChunks: folder.path("none"), as: Float.self) } == .inputNotFound)
        #expect(errorCode { _ = try session.array(npyChunks: folder.url.path, as: Float.self) } == .inputNotFound)
        // One that is missing, and one that does not fit.
        try FileManager.default.moveItem(atPath: written[4], toPath: folder.path("kept.npy"))
        #expect(errorCode { _ = try session.array(npyChunks: path, as: Int32.self) } == .corruptInput)
        try FileManager.default.copyItem(atPath: written[8], toPath: written[4])
        #expect(errorCode { _ = try session.array(npyChunks: path, as: Int32.self) } == .corruptInput)
    }

    @Test("a run that fails leaves no file")
    func failure() async throws {
        let session = Session(workers: 2), folder = try ScratchFolder()
        let broken: NDArray<Double> = session.array(shape: [100], chunks: 10) { index in
            if index[0] == 57 { throw BadFixture(text: "57") }
            return 1
        }
        await #expect(throws: TaskError.self) { try await broken.write(npy: folder.path("x.npy")) }
        await #expect(throws: TaskError.self) { try await broken.write(zarr: folder.path("x.zarr")) }
        await #expect(throws: EngineError.self) { try await session.ones(shape: [2]).write(npy: folder.path("none/x.npy")) }
        #expect(try folder.names.filter { !$0.hasSuffix(".partial") } == [])
    }
}
