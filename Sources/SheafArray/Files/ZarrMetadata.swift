internal import Foundation
internal import SheafCore

/// How the chunks of a Zarr folder are compressed when written.
public enum ZarrCompressor: Sendable, Hashable {
    case none
    /// Zstandard; levels from 1 (fast) to 22 (small).
    case zstd(level: Int)

    public static let zstd = ZarrCompressor.zstd(level: 3)
}

/// The file `.zarray` of a Zarr folder of version 2 (https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html).
struct ZarrMetadata: Sendable {
    enum Packing: Sendable, Hashable { case none, zstd, zlib }

    let shape: [Int]
    /// Of every chunk; those at the ends of axes go on after them.
    let chunkShape: [Int]
    let scalarType: ScalarType
    let isByteSwapped: Bool
    let isFortranOrder: Bool
    let packing: Packing
    let separator: String
    /// The bytes of the element that missing chunks are full of.
    let fill: [UInt8]

    static let fileName = ".zarray"

    /// What the file `.zarray` may hold at most, in bytes: texts of a hundred times the usual length.
    private static let limit = 1 << 16

    private struct Document: Codable {
        struct Compressor: Codable { var id: String; var level: Int? }
        // Names of the specification.
        var chunks: [Int]
        var compressor: Compressor?
        var dtype: JSONValue
        var fill_value: JSONValue?
        var filters: [JSONValue]?
        var order: String
        var shape: [Int]
        var zarr_format: Int
        var dimension_separator: String?
    }

    /// Bytes of a whole chunk.
    var chunkBytes: Int { chunkShape.reduce(scalarType.byteCount, *) }

    /// The file of a chunk, relative to the folder.
    func name(_ coordinates: [Int]) -> String {
        coordinates.isEmpty ? "0" : coordinates.map(String.init).joined(separator: separator)
    }

    /// - Throws: ``PlanError`` (`.corruptInput`, `.unsupported`), ``EngineError`` (`.inputNotFound`, `.inputOutput`).
    init(folder: String) throws {
        let path = "\(folder)/\(Self.fileName)"
        guard let bytes = try FileBytes.read(path, limit: Self.limit) else {
            throw EngineError(
                .inputNotFound, "\(path) does not exist", hint: "the path has to be a Zarr array of version 2, not a group or version 3")
        }
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: Data(bytes))
        } catch {
            throw FileProblem.corrupt(path, "it does not describe an array: \(error)")
        }
        guard document.zarr_format == 2 else { throw FileProblem.unsupported(path, "version \(document.zarr_format) of Zarr") }
        guard document.filters?.isEmpty ?? true else { throw FileProblem.unsupported(path, "filters", hint: "write it without filters") }
        guard case .string(let code) = document.dtype else { throw FileProblem.unsupported(path, "elements that are records") }
        (scalarType, isByteSwapped) = try ElementCode.parse(code, path: path)
        guard document.order == "C" || document.order == "F" else { throw FileProblem.corrupt(path, "the order “\(document.order)”") }
        isFortranOrder = document.order == "F"
        separator = document.dimension_separator ?? "."
        guard separator == "." || separator == "/" else { throw FileProblem.corrupt(path, "the dimension separator “\(separator)”") }
        shape = document.shape
        chunkShape = document.chunks
        guard shape.count == chunkShape.count, shape.count <= 64, chunkShape.allSatisfy({ $0 > 0 }),
            CheckedSize.product(shape, scalarType.byteCount) != nil, CheckedSize.product(chunkShape, scalarType.byteCount) != nil
        else {
            throw FileProblem.corrupt(path, "an array of the shape \(shape.prefix(64)) in chunks of \(chunkShape.prefix(64)) cannot be")
        }
        switch document.compressor?.id {
        case nil: packing = .none
        case "zstd": packing = .zstd
        case "zlib", "gzip": packing = .zlib
        case let other?:
            throw FileProblem.unsupported(
                path, "chunks compressed by \(other)",
                hint: "zstd, zlib, gzip and none are known; in Python: zarr.save_array(path, x, compressor=numcodecs.Zstd())")
        }
        fill = try Self.fill(document.fill_value ?? .null, scalarType, path: path)
    }

    init(shape: [Int], chunkShape: [Int], scalarType: ScalarType, compressor: ZarrCompressor) {
        self.shape = shape
        self.chunkShape = chunkShape
        self.scalarType = scalarType
        isByteSwapped = false
        isFortranOrder = false
        packing = if case .zstd = compressor { .zstd } else { .none }
        separator = "."
        fill = Array(repeating: 0, count: scalarType.byteCount)
    }

    /// The document, as zarr-python lays it out.
    func document(_ compressor: ZarrCompressor) throws -> [UInt8] {
        let packed =
            if case .zstd(let level) = compressor { "{\n        \"id\": \"zstd\",\n        \"level\": \(level)\n    }" } else { "null" }
        func list(_ sizes: [Int]) -> String {
            sizes.isEmpty ? "[]" : "[\n        " + sizes.map(String.init).joined(separator: ",\n        ") + "\n    ]"
        }
        let fill =
            switch scalarType {
            case .bool: "false"
            case .float32, .float64: "0.0"
            case .complex64, .complex128: "[\n        0.0,\n        0.0\n    ]"
            default: "0"
            }
        let text = """
            {
                "chunks": \(list(chunkShape)),
                "compressor": \(packed),
                "dimension_separator": ".",
                "dtype": "\(ElementCode.name(of: scalarType))",
                "fill_value": \(fill),
                "filters": null,
                "order": "C",
                "shape": \(list(shape)),
                "zarr_format": 2
            }
            """
        return Array(text.utf8)
    }

    // MARK: The fill value

    private static func fill(_ value: JSONValue, _ type: ScalarType, path: String) throws(PlanError) -> [UInt8] {
        func bytes<T>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }
        func integer<T: FixedWidthInteger>(_: T.Type) throws(PlanError) -> [UInt8] {
            switch value {
            case .null: return bytes(T(0))
            case .integer(let number): if let number = T(exactly: number) { return bytes(number) }
            case .unsigned(let number): if let number = T(exactly: number) { return bytes(number) }
            case .number(let number): if let number = T(exactly: number) { return bytes(number) }
            default: break
            }
            throw FileProblem.corrupt(path, "a fill value that is no \(type.rawValue)")
        }
        func number(_ value: JSONValue) throws(PlanError) -> Double {
            switch value {
            case .null: return 0
            case .integer(let number): return Double(number)
            case .unsigned(let number): return Double(number)
            case .number(let number): return number
            case .string("NaN"): return .nan
            case .string("Infinity"): return .infinity
            case .string("-Infinity"): return -.infinity
            default: throw FileProblem.corrupt(path, "a fill value that is no \(type.rawValue)")
            }
        }
        func complex() throws(PlanError) -> (Double, Double) {
            guard case .array(let parts) = value else { return (try number(value), 0) }
            guard parts.count == 2 else { throw FileProblem.corrupt(path, "a fill value that is no \(type.rawValue)") }
            return (try number(parts[0]), try number(parts[1]))
        }
        switch type {
        case .bool:
            switch value {
            case .null: return [0]
            case .bool(let flag): return [flag ? 1 : 0]
            default: return [try integer(UInt8.self) == [0] ? 0 : 1]
            }
        case .int8: return try integer(Int8.self)
        case .int16: return try integer(Int16.self)
        case .int32: return try integer(Int32.self)
        case .int64: return try integer(Int64.self)
        case .uint8: return try integer(UInt8.self)
        case .uint16: return try integer(UInt16.self)
        case .uint32: return try integer(UInt32.self)
        case .uint64: return try integer(UInt64.self)
        case .float32: return bytes(Float(try number(value)))
        case .float64: return bytes(try number(value))
        case .complex64:
            let (real, imaginary) = try complex()
            return bytes(Float(real)) + bytes(Float(imaginary))
        case .complex128:
            let (real, imaginary) = try complex()
            return bytes(real) + bytes(imaginary)
        }
    }
}
