import Foundation
import SheafCore
import SheafLocal
import Testing

@testable import SheafArray

@Suite("Zarr folders")
struct ZarrTests {
    @Test("both orders and byte orders, every compressor, missing chunks", arguments: try NumPyFixtures.cases("zarr.json"))
    func reading(fixture: NumPyFixtures.Case) async throws {
        func check<Scalar: FixtureScalar>(_ type: Scalar.Type) async throws {
            let session = Session(workers: 2), path = NumPyFixtures.path(fixture.file)
            let expected = try Scalar.elements(fixture.elements)
            for chunks: ChunkSizes in [.automatic, .uniform(2), .uniform(-1)] {
                let array = try session.array(zarr: path, as: Scalar.self, chunks: chunks)
                #expect(array.shape == fixture.shape)
                #expect(areSame(try await array.compute().elements, expected), "\(chunks)")
            }
        }
        try await check(fixture.type.fixtureType)
    }

    @Test("written and read again", arguments: [ZarrCompressor.none, .zstd, .zstd(level: 19)])
    func writing(compressor: ZarrCompressor) async throws {
        let session = Session(workers: 2), folder = try ScratchFolder()
        let x = session.random.integers(in: Int32(-9)...9, shape: [7, 10, 3], chunks: [3, 4, 3], seed: 1)
        try await (x * 2).write(zarr: folder.path("x.zarr"), compressor: compressor)
        let read = try session.array(zarr: folder.path("x.zarr"), as: Int32.self)
        #expect(read.chunks == [[3, 3, 1], [4, 4, 2], [3]])
        #expect(try await read.compute() == (x * 2).compute())
        if compressor == .none {
            let size = try Data(contentsOf: URL(fileURLWithPath: folder.path("x.zarr/2.2.0"))).count
            #expect(size == 3 * 4 * 3 * 4)
        }
        // Chunks of several sizes are cut anew, by the largest.
        let uneven = session.array(Array(0..<10), chunks: .explicit([[1, 5, 4]]))
        try await uneven.write(zarr: folder.path("uneven.zarr"), compressor: compressor)
        let again = try session.array(zarr: folder.path("uneven.zarr"), as: Int.self)
        #expect(again.chunks == [[5, 5]])
        #expect(try await again.compute().elements == Array(0..<10))
        // No elements, and one.
        try await session.zeros(shape: [0, 4]).write(zarr: folder.path("empty.zarr"), compressor: compressor)
        #expect(try await session.array(zarr: folder.path("empty.zarr"), as: Double.self).compute().shape == [0, 4])
        try await session.full(2.5, shape: []).write(zarr: folder.path("one.zarr"), compressor: compressor)
        #expect(try await session.array(zarr: folder.path("one.zarr"), as: Double.self).item() == 2.5)
    }

    @Test("an array of that name is replaced only when asked to")
    func overwriting() async throws {
        let session = Session(workers: 1), folder = try ScratchFolder(), path = folder.path("x.zarr")
        try await session.ones(shape: [3]).write(zarr: path)
        await #expect(throws: PlanError.self) { try await session.zeros(shape: [2]).write(zarr: path) }
        try await session.zeros(shape: [2]).write(zarr: path, overwrite: true)
        #expect(try await session.array(zarr: path, as: Double.self).compute().elements == [0, 0])
        // What is no Zarr array is never removed.
        await #expect(throws: PlanError.self) { try await session.ones(shape: [3]).write(zarr: folder.url.path, overwrite: true) }
        #expect(try folder.names == ["x.zarr"])
    }

    @Test("what cannot be read says why")
    func errors() async throws {
        let session = Session(workers: 1), folder = try ScratchFolder()
        let blosc = #expect(throws: PlanError.self) { try session.array(zarr: NumPyFixtures.path("blosc.zarr"), as: Double.self) }
        #expect(blosc?.code == .unsupported && blosc?.message.contains("blosc") == true)
        #expect(errorCode { _ = try session.array(zarr: folder.path("none"), as: Double.self) } == .inputNotFound)
        #expect(errorCode { _ = try session.array(zarr: NumPyFixtures.path("gzip.zarr"), as: Double.self) } == .invalidArgument)
        func metadata(_ name: String, _ change: (inout [String: Any]) -> Void) throws -> String {
            let path = folder.path(name)
            try FileManager.default.copyItem(atPath: NumPyFixtures.path("plain.zarr"), toPath: path)
            let file = URL(fileURLWithPath: "\(path)/.zarray")
            var document = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
            change(&document)
            try JSONSerialization.data(withJSONObject: document).write(to: file)
            return path
        }
        let cases: [(String, ErrorCode, (inout [String: Any]) -> Void)] = [
            ("version", .unsupported, { $0["zarr_format"] = 3 }), ("filters", .unsupported, { $0["filters"] = [["id": "delta"]] }),
            ("order", .corruptInput, { $0["order"] = "A" }), ("chunks", .corruptInput, { $0["chunks"] = [2] }),
            ("zero", .corruptInput, { $0["chunks"] = [0, 3] }), ("shape", .corruptInput, { $0["shape"] = [-5, 7] }),
            ("large", .corruptInput, { $0["chunks"] = [Int.max, 7] }), ("type", .unsupported, { $0["dtype"] = "<U4" }),
            ("records", .unsupported, { $0["dtype"] = [["a", "<f8"]] }), ("fill", .corruptInput, { $0["fill_value"] = "many" }),
            ("absent", .corruptInput, { $0["shape"] = nil }), ("separator", .corruptInput, { $0["dimension_separator"] = "-" }),
        ]
        for (name, code, change) in cases {
            let path = try metadata(name, change)
            #expect(errorCode { _ = try session.array(zarr: path, as: Double.self) } == code, "\(name)")
        }
        // A damaged chunk fails when it is read, with its file.
        for name in ["plain.zarr", "zstd.zarr", "gzip.zarr"] {
            let path = folder.path(name)
            try FileManager.default.copyItem(atPath: NumPyFixtures.path(name), toPath: path)
            let chunk = ["plain.zarr": "1.2", "zstd.zarr": "0.0.0", "gzip.zarr": "1/1"][name] ?? ""
            try Data((try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(chunk)"))).dropLast(4)).write(
                to: URL(fileURLWithPath: "\(path)/\(chunk)"))
            func read<T: ArrayScalar>(_: T.Type) async -> TaskError? {
                await #expect(throws: TaskError.self) { try await session.array(zarr: path, as: T.self).compute() }
            }
            let error =
                name == "plain.zarr" ? await read(Double.self) : name == "zstd.zarr" ? await read(Float.self) : await read(Int32.self)
            let cause = error?.cause as? PlanError
            #expect(cause?.code == .corruptInput && cause?.message.contains("\(name)/\(chunk)") == true, "\(String(describing: error))")
        }
    }
}
