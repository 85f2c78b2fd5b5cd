internal import Foundation
internal import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

extension Bag {
    /// Writes each partition as a text file, `part-00000.txt` and so on, one element's description on a line.
    ///
    /// Each file is written under a temporary name and renamed when it is complete, so a failed run leaves no half files. The folder is
    /// made if need be.
    ///
    /// - Returns: the files' paths, in order.
    /// - Throws: as ``collect(fileID:line:)``; ``EngineError`` (`.noSpace`, `.inputOutput`).
    @discardableResult
    public func write(text folder: String, fileID: StaticString = #fileID, line: UInt = #line) async throws -> [String] {
        try await write(folder, "txt", SourceLocation(fileID: fileID, line: line)) { element, file in
            if let slice = element as? UTF8Slice {
                slice.withBytes { file.append($0) }
            } else {
                var text = "\(element)"
                text.withUTF8 { file.append($0) }
            }
        }
    }

    /// Writes each partition as a file of JSON lines, `part-00000.jsonl` and so on. See ``write(text:fileID:line:)``.
    @discardableResult
    public func write(jsonLines folder: String, fileID: StaticString = #fileID, line: UInt = #line) async throws -> [String]
    where Element: Encodable {
        try await write(folder, "jsonl", SourceLocation(fileID: fileID, line: line)) { element, file in
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            try encoder.encode(element).withUnsafeBytes { file.append($0.bindMemory(to: UInt8.self)) }
        }
    }

    private func write(
        _ folder: String, _ suffix: String, _ location: SourceLocation,
        _ encode: @escaping @Sendable (Element, PartFile) throws -> Void
    ) async throws -> [String] {
        let values = try await session.runBag("write") { lowering in
            let partitions = try lower(lowering)
            try PartFile.makeFolder(folder)
            return lowering.consume(partitions, Operation("write"), location: location) { scope, index, iterate in
                let digits = String(index)
                let path = "\(folder)/part-\(String(repeating: "0", count: Swift.max(0, 5 - digits.count)))\(digits).\(suffix)"
                let file = try PartFile(path)
                try iterate(scope, 0) { element in
                    try encode(element, file)
                    try file.endLine()
                }
                try file.commit()
                return path
            }
        }
        return values.map { unsafeDowncast($0, to: TypedValue<String>.self).value }
    }
}

/// A file that appears under its name when it is complete.
final class PartFile {
    private let path: String
    private let temporary: String
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private static let bufferSize = 1 << 18

    static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw EngineError(.inputOutput, "cannot make the folder \(path)", cause: error)
        }
    }

    init(_ path: String) throws {
        self.path = path
        temporary = path + ".partial"
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileFailure.error("create", temporary) }
        buffer.reserveCapacity(Self.bufferSize)
    }

    deinit {
        if descriptor >= 0 {
            close(descriptor)
            unlink(temporary)
        }
    }

    func append(_ bytes: UnsafeBufferPointer<UInt8>) { buffer.append(contentsOf: bytes) }

    func endLine() throws {
        buffer.append(10)
        if buffer.count >= Self.bufferSize { try flush() }
    }

    private func flush() throws {
        try buffer.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = Foundation.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                if count < 0 {
                    if errno == EINTR { continue }
                    throw FileFailure.error("write", path)
                }
                done += count
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    func commit() throws {
        try flush()
        let status = close(descriptor)
        descriptor = -1
        guard status == 0, rename(temporary, path) == 0 else {
            let error = FileFailure.error("complete", path)
            unlink(temporary)
            throw error
        }
    }
}
