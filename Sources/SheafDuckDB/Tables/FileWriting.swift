internal import Foundation
internal import SheafArrow
internal import SheafCore
internal import SheafTable

/// Writes files, or folders of files, that appear under their names when they are complete.
struct FileWriting {
    let target: TableTarget
    let location: SourceLocation

    /// The statement that writes a query's rows.
    static func copy(_ sql: String, to path: String, _ target: TableTarget) -> String {
        var settings = ["FORMAT \(target.format.rawValue)"]
        if target.format == .csv {
            let csv = target.csv
            settings.append("HEADER \(csv.hasHeader ?? true)")
            func add(_ name: String, _ value: String?) { if let value { settings.append("\(name) \(SQLText.string(value))") } }
            add("DELIMITER", csv.delimiter)
            add("QUOTE", csv.quote)
            add("ESCAPE", csv.escape)
            add("NULLSTR", csv.nullText.first)
            add("DATEFORMAT", csv.dateFormat)
            add("TIMESTAMPFORMAT", csv.timestampFormat)
        }
        // The name of the file that is being written says nothing.
        let named: FileCompression? = target.path.hasSuffix(".gz") ? .gzip : target.path.hasSuffix(".zst") ? .zstd : nil
        if let compression = target.compression ?? (target.format == .parquet ? nil : named) {
            let name = target.format == .parquet && compression == .none ? "uncompressed" : compression.rawValue
            settings.append("COMPRESSION \(SQLText.string(name))")
        }
        if !target.partitions.isEmpty {
            settings.append("PARTITION_BY (\(target.partitions.map(SQLText.identifier).joined(separator: ", ")))")
        }
        return "COPY (\(sql)) TO \(SQLText.string(path)) (\(settings.joined(separator: ", ")))"
    }

    /// - Parameter body: writes to the path that it is given, and returns the number of rows.
    /// - Throws: ``EngineError`` (`.inputOutput`, `.noSpace`); what `body` throws.
    func write(_ body: (String) async throws -> Int) async throws -> Int {
        // A device or a pipe, or another machine.
        if isRedirectedOutput { return try await writeOutput(body) }
        if target.path.contains("://") || isSpecial { return try await body(target.path) }
        let isFolder = !target.partitions.isEmpty
        let existed = FileManager.default.fileExists(atPath: target.path)
        if existed { try checkExisting(isFolder: isFolder) }
        let parent = (target.path as NSString).deletingLastPathComponent
        var isParentFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: parent.isEmpty ? "." : parent, isDirectory: &isParentFolder), isParentFolder.boolValue
        else {
            throw EngineError(
                .inputOutput, "there is no folder \(parent) to write \(target.path) into", location: location, hint: "make it first")
        }
        let partial = "\(place).\(getpid())-\(UInt32.random(in: .min ... .max)).partial"
        do {
            let rows = try await body(partial)
            // A query without rows makes no folders.
            if isFolder { try FileManager.default.createDirectory(atPath: partial, withIntermediateDirectories: true) }
            try complete(partial, replacesFolder: isFolder && existed)
            return rows
        } catch {
            // What is left has a name of its own, which says what it is, if the system refuses to remove it.
            try? FileManager.default.removeItem(atPath: partial)
            throw error
        }
    }

    /// Whether it is this process's output, and that goes to a file: opened by its name it would be written from its start.
    private var isRedirectedOutput: Bool {
        var status = stat()
        return target.path == "/dev/stdout" && fstat(STDOUT_FILENO, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Writes a file, and appends it to the output.
    private func writeOutput(_ body: (String) async throws -> Int) async throws -> Int {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("sheaf-output-\(UUID().uuidString)").path
        // If the system refuses, the temporary folder is cleaned by others.
        defer { try? FileManager.default.removeItem(atPath: path) }
        let rows = try await body(path)
        try await BlockingThreads.shared.run {
            guard let file = FileHandle(forReadingAtPath: path) else { throw EngineError(.inputOutput, "cannot read \(path) back") }
            defer { try? file.close() }
            while let bytes = try file.read(upToCount: 1 << 20), !bytes.isEmpty { try FileHandle.standardOutput.write(contentsOf: bytes) }
        }
        return rows
    }

    /// Where the file is: a link stays one, and what it leads to is replaced.
    private var place: String {
        let path = URL(fileURLWithPath: target.path).resolvingSymlinksInPath().path
        return FileManager.default.fileExists(atPath: target.path) ? path : target.path
    }

    /// Whether it is written in place: a device, a pipe, or a name for an open file such as `/dev/stdout`, behind which a regular file may be,
    /// and whose name must never be replaced.
    private var isSpecial: Bool {
        for path in [target.path, place] where path.hasPrefix("/dev/") || path.hasPrefix("/proc/") { return true }
        var status = stat()
        guard stat(target.path, &status) == 0 else { return false }
        return ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    }

    private func checkExisting(isFolder: Bool) throws {
        var isDirectory: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: target.path, isDirectory: &isDirectory)
        let overwrite = target.overwrite ?? !isFolder
        guard isDirectory.boolValue == isFolder else {
            throw EngineError(
                .inputOutput, "\(target.path) is a \(isFolder ? "file" : "folder")", location: location, hint: "write to another name")
        }
        let entries = isFolder ? try FileManager.default.contentsOfDirectory(atPath: target.path) : []
        if isFolder, entries.isEmpty { return }
        guard overwrite else {
            throw EngineError(
                .inputOutput, "\(target.path) exists", location: location, hint: "write to another name, or say overwrite: true")
        }
        if isFolder, let other = entries.first(where: { !$0.contains("=") }) {
            throw EngineError(
                .inputOutput, "\(target.path) holds \(other), which is no folder of a partition", location: location,
                hint: "only folders of partitioned tables are replaced; write to another name")
        }
    }

    private func complete(_ partial: String, replacesFolder: Bool) throws {
        do {
            guard replacesFolder else {
                guard rename(partial, place) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
                return
            }
            let old = partial + ".old"
            try FileManager.default.moveItem(atPath: place, toPath: old)
            try FileManager.default.moveItem(atPath: partial, toPath: place)
            try FileManager.default.removeItem(atPath: old)
        } catch {
            throw EngineError(.inputOutput, "cannot complete \(target.path)", location: location, cause: error)
        }
    }
}

/// An Arrow IPC file or stream that is being written. Its calls block; one at a time.
final class ArrowFileSink: @unchecked Sendable {
    private let schema: ArrowTableSchema
    private let file: Int32
    private var writer: ArrowWriter?

    /// Rows of a batch in the file.
    private static let batchRows = 65536

    /// Writes a result whose batches are small.
    ///
    /// - Returns: the number of rows.
    static func write(_ batches: ResultBatches, to path: String, target: TableTarget) async throws -> Int {
        do {
            // A device may be a pipe, for which a footer makes no sense.
            let isStream = target.path.lowercased().hasSuffix(".arrows") || target.path.hasPrefix("/dev/")
            let sink = try await BlockingThreads.shared.run {
                try ArrowFileSink(path, naming: target.path, batches.schema, isStream ? .stream : .file)
            }
            var waiting: [RecordBatch] = [], count = 0
            while let batch = try await batches.next() {
                waiting.append(batch)
                count += batch.rowCount
                guard waiting.reduce(0, { $0 + $1.rowCount }) >= batchRows else { continue }
                let full = waiting
                try await BlockingThreads.shared.run { try sink.append(full) }
                waiting = []
            }
            let last = waiting
            try await BlockingThreads.shared.run {
                try sink.append(last)
                try sink.finish()
            }
            return count
        } catch {
            try await batches.result.close()
            throw error
        }
    }

    /// - Parameter name: for errors.
    private init(_ path: String, naming name: String, _ schema: ArrowTableSchema, _ format: ArrowWriter.Format) throws {
        self.schema = schema
        file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
        guard file >= 0 else { throw Self.failure("open", name) }
        let file = file
        writer = try ArrowWriter(schema: schema, format: format) { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Foundation.write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw Self.failure("write", name) }
                rest = rest.dropFirst(written)
            }
        }
    }

    deinit { if file >= 0 { close(file) } }

    private func append(_ batches: [RecordBatch]) throws {
        if !batches.isEmpty { try writer?.write(RecordBatch(concatenating: batches, schema: schema)) }
    }

    private func finish() throws { try writer?.finish() }

    private static func failure(_ call: String, _ path: String) -> EngineError {
        let code = errno
        let isFull = [ENOSPC, EDQUOT, EFBIG].contains(code)
        return EngineError(
            isFull ? .noSpace : .inputOutput, "cannot \(call) \(path): \(String(cString: strerror(code)))",
            hint: isFull ? "free some room, or write elsewhere" : nil)
    }
}
