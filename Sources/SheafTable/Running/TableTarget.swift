import SheafCore

/// A file that rows are written to.
public struct TableTarget: Sendable, Hashable {
    public enum Format: String, Sendable, CaseIterable { case csv, json, parquet, arrow }
    public var path: String
    public var format: Format
    /// For each combination of these columns' values a folder `name=value` (Hive's layout).
    public var partitions: [String]
    /// When nil it follows from the name for CSV and JSON (`.gz`, `.zst`), and is Snappy for Parquet and none for Arrow.
    public var compression: FileCompression?
    /// Whether what is there under that name is replaced. When nil a file is, and a folder is not.
    public var overwrite: Bool?
    /// For CSV: delimiter, header, quote, escape, the first text for null, the formats of dates and timestamps.
    public var csv: CSVOptions

    public init(
        path: String, format: Format, partitions: [String] = [], compression: FileCompression? = nil, overwrite: Bool? = nil,
        csv: CSVOptions = CSVOptions()
    ) {
        self.path = path
        self.format = format
        self.partitions = partitions
        self.compression = compression
        self.overwrite = overwrite
        self.csv = csv
    }

    /// What is wrong with it, if something is.
    func problem(_ location: SourceLocation) -> PlanError? {
        func refuse(_ message: String, _ hint: String) -> PlanError { PlanError(.invalidArgument, message, location: location, hint: hint) }
        if path.isEmpty { return refuse("the path to write to is empty", "name a file") }
        let takes: [FileCompression] =
            switch format {
            case .csv, .json: [.none, .gzip, .zstd]
            case .parquet: FileCompression.allCases
            case .arrow: [.none]
            }
        if let compression, !takes.contains(compression) {
            return refuse(
                "\(format.rawValue) files are not compressed with \(compression.rawValue)",
                "what can be: \(takes.map(\.rawValue).joined(separator: ", "))")
        }
        if format == .arrow, !partitions.isEmpty {
            return refuse("Arrow files are not partitioned", "write Parquet, or filter and write one file each")
        }
        return nil
    }
}

extension Table {
    /// Runs the query, and writes its rows to a file, or to files in folders.
    ///
    /// The file appears under its name when it is complete; a failure leaves nothing, and what was there before as it was.
    ///
    /// - Returns: how many rows were written.
    /// - Throws: ``PlanError``; ``EngineError`` (`.noSpace`, `.inputOutput`); what the query throws.
    @discardableResult
    public func write(to target: TableTarget) async throws -> Int {
        if let problem = target.problem(relation.location) { throw problem }
        let engine = try session.tableEngine()
        return try await inGraph("write") { [relation] in try await engine.write(relation, to: target, $0) }
    }

    /// Writes the rows as a CSV file; see ``write(to:)``.
    ///
    /// - Parameter overwrite: whether a file of that name is replaced.
    /// - Returns: how many rows were written.
    @discardableResult
    public func write(
        csv path: String, options: CSVOptions = CSVOptions(), compression: FileCompression? = nil, overwrite: Bool = true
    ) async throws -> Int {
        try await write(to: TableTarget(path: path, format: .csv, compression: compression, overwrite: overwrite, csv: options))
    }

    /// Writes the rows as JSON lines; see ``write(to:)``.
    ///
    /// - Parameter overwrite: whether a file of that name is replaced.
    /// - Returns: how many rows were written.
    @discardableResult
    public func write(json path: String, compression: FileCompression? = nil, overwrite: Bool = true) async throws -> Int {
        try await write(to: TableTarget(path: path, format: .json, compression: compression, overwrite: overwrite))
    }

    /// Writes the rows as a Parquet file; see ``write(to:)``.
    ///
    /// - Parameters:
    ///   - compression: of the pages.
    ///   - columns: when there are any, `path` is a folder, with a folder `name=value` for each combination of their values.
    ///   - overwrite: whether a file of that name is replaced (if nil, it is), or a folder of such folders (it is not).
    /// - Returns: how many rows were written.
    @discardableResult
    public func write(
        parquet path: String, compression: FileCompression = .snappy, partitionedBy columns: [String] = [], overwrite: Bool? = nil
    ) async throws -> Int {
        try await write(
            to: TableTarget(path: path, format: .parquet, partitions: columns, compression: compression, overwrite: overwrite))
    }

    /// Writes the rows as an Arrow IPC file or, if its name ends in `.arrows`, as an Arrow IPC stream; see ``write(to:)``.
    ///
    /// - Parameter overwrite: whether a file of that name is replaced.
    /// - Returns: how many rows were written.
    @discardableResult
    public func write(arrow path: String, overwrite: Bool = true) async throws -> Int {
        try await write(to: TableTarget(path: path, format: .arrow, overwrite: overwrite))
    }
}
