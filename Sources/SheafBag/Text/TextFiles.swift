public import SheafCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// What a line of text can be handed out as: `String`, or ``UTF8Slice`` where a heap allocation each would cost too much.
public protocol TextElement: Sendable {
    init(_ slice: UTF8Slice)
}

extension String: TextElement {}

extension UTF8Slice: TextElement {
    @inlinable public init(_ slice: UTF8Slice) { self = slice }
}

/// How text files are read.
public struct TextOptions: Sendable {
    /// Bytes of a plain file that make one partition; chosen from the files' size and the number of workers when `nil`.
    public var partitionBytes: Int?
    /// Lines left out at the start of each file, such as a header.
    public var skipLines: Int

    public init(partitionBytes: Int? = nil, skipLines: Int = 0) {
        self.partitionBytes = partitionBytes
        self.skipLines = skipLines
    }
}

extension Session {
    /// The lines of text files, without their line ends.
    ///
    /// Plain files are split by byte ranges, so one big file is read by all workers; files ending in `.gz` and `.zst` are
    /// decompressed, one partition each. Files are looked up when the plan runs.
    ///
    /// - Parameters:
    ///   - paths: names or glob patterns (`logs/*.txt`).
    ///   - type: what each line is handed out as; ``UTF8Slice`` shares the reading buffer.
    /// - Throws: nothing here; running the plan throws ``PlanError`` (`.inputNotFound`) for a name or pattern that matches nothing,
    ///   and an error that names file, line number and text when a later operation fails on a line.
    public func lines<Line: TextElement>(
        of paths: [String], as type: Line.Type = String.self, options: TextOptions = TextOptions()
    ) -> Bag<Line> {
        let slices = slices(of: paths, options: options)
        if let same = slices as? Bag<Line> { return same }
        return Bag(session: self) { lowering in
            try slices.lower(lowering).map { partition in
                Partition(arguments: partition.arguments, operations: partition.operations, bytes: partition.bytes) { scope, base, body in
                    try partition.iterate(scope, base) { try body(Line($0)) }
                }
            }
        }
    }

    private func slices(of paths: [String], options: TextOptions) -> Bag<UTF8Slice> {
        Bag(session: self) { lowering in
            let ranges = try TextFiles.ranges(paths, options, lowering.session.options)
            return ranges.map { range in
                // Decompressed text is typically four times the file's size.
                let bytes = range.compression == .none ? range.length : range.length * 4
                return Partition(
                    arguments: [lowering.constant(range)], operations: [Operation("lines")], bytes: bytes
                ) { scope, base, body in
                    try LineReader.forEach(scope.argument(base), scope, body)
                }
            }
        }
    }

    /// The lines of one text file, or of those a glob pattern matches.
    public func lines<Line: TextElement>(
        of path: String, as type: Line.Type = String.self, options: TextOptions = TextOptions()
    ) -> Bag<Line> {
        lines(of: [path], as: type, options: options)
    }
}

enum TextFiles {
    /// Expands patterns, looks at sizes, and cuts plain files into ranges.
    static func ranges(_ paths: [String], _ options: TextOptions, _ session: SessionOptions) throws -> [FileRange] {
        if let bytes = options.partitionBytes, bytes <= 0 {
            throw PlanError(.invalidArgument, "a partition of \(bytes) bytes", hint: "give a positive number of bytes, or none")
        }
        let files = try paths.flatMap(expand).map { path in (path: path, size: try size(path)) }
        let total = files.reduce(0) { $0 + $1.size }
        // A few partitions per worker even out differences; large ones would only hold more memory.
        let share = total / (session.workers * 4) + 1
        let block = options.partitionBytes ?? min(max(share, 1 << 20), min(64 << 20, max(session.memory / (session.workers * 8), 1 << 20)))
        return try files.flatMap { path, size -> [FileRange] in
            let compression = Compression(path: path)
            guard compression == .none, size > block else {
                return [FileRange(path: path, offset: 0, length: size, compression: compression, skip: options.skipLines)]
            }
            // The ranges begin after the lines to leave out, wherever those end.
            let begin = try offset(after: options.skipLines, of: path, size: size)
            let length = size - begin, count = max(1, (length + block - 1) / block)
            return (0..<count).map { index in
                let start = length * index / count
                return FileRange(
                    path: path, offset: begin + start, length: length * (index + 1) / count - start, compression: .none, skip: 0)
            }
        }
    }

    /// Where the line after the first `lines` begins; the file's size when there is none.
    private static func offset(after lines: Int, of path: String, size: Int) throws -> Int {
        guard lines > 0 else { return 0 }
        do {
            let source = try PlainSource(path, at: 0)
            var left = lines, offset = 0
            return try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
                while case let count = try source.read(into: buffer), count > 0 {
                    for position in 0..<count where buffer[position] == 10 {
                        left -= 1
                        if left == 0 { return offset + position + 1 }
                    }
                    offset += count
                }
                return size
            }
        } catch let failure as EngineError {
            throw PlanError(failure.code, failure.message, hint: failure.hint)
        }
    }

    /// The files a pattern matches, sorted; a name without wildcards matches itself.
    static func expand(_ pattern: String) throws -> [String] {
        guard pattern.contains(where: { "*?[".contains($0) }) else { return [pattern] }
        var result = glob_t()
        defer { globfree(&result) }
        guard glob(pattern, 0, nil, &result) == 0 else {
            // A name may hold a bracket of its own.
            if access(pattern, F_OK) == 0 { return [pattern] }
            throw PlanError(
                .inputNotFound, "no file matches \(pattern)", hint: "relative patterns start at \(FileFailure.currentFolder)")
        }
        return (0..<Int(result.gl_pathc)).map { String(cString: result.gl_pathv[$0]!) }
    }

    static func size(_ path: String) throws -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let failure = FileFailure.error("read", path)
            throw PlanError(failure.code, failure.message, hint: failure.hint)
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw PlanError(.inputNotFound, "\(path) is a folder", hint: "name its files, for example \(path)/*.csv")
        }
        guard ![S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT) else {
            throw PlanError(
                .inputNotFound, "\(path) is a pipe or socket, not a file",
                hint: "write what comes out of it to a file: lines are read in several ranges, and some operations read them twice")
        }
        return Int(status.st_size)
    }
}
