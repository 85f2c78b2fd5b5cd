/// How a database is opened.
public struct DuckDBOptions: Sendable {
    /// Threads that queries share; all cores by default.
    public var threads: Int?
    /// In bytes; 80 % of the machine's memory by default. What does not fit goes to disk. The library's own allocations count, not the
    /// process's resident memory.
    public var memoryLimit: Int?
    /// The folder in which the database makes a folder of its own for what does not fit in memory: when it is needed, and gone after
    /// ``DuckDBDatabase/close()``. The system's temporary folder by default.
    public var temporaryFolder: String?
    /// The most bytes on disk for what does not fit in memory; 90 % of the free room by default.
    public var temporaryLimit: Int?
    /// Whether results without `ORDER BY` have the order of the input. Without, some queries need less memory.
    public var preservesOrder: Bool
    /// Whether the file is opened for reading only, as several processes may do at a time.
    public var isReadOnly: Bool
    /// Further settings of DuckDB, by name; they win over those above.
    public var settings: [String: String]

    public init(
        threads: Int? = nil, memoryLimit: Int? = nil, temporaryFolder: String? = nil, temporaryLimit: Int? = nil,
        preservesOrder: Bool = true, isReadOnly: Bool = false, settings: [String: String] = [:]
    ) {
        self.threads = threads
        self.memoryLimit = memoryLimit
        self.temporaryFolder = temporaryFolder
        self.temporaryLimit = temporaryLimit
        self.preservesOrder = preservesOrder
        self.isReadOnly = isReadOnly
        self.settings = settings
    }

    func values(temporaryFolder: String) -> [String: String] {
        var values = [
            "temp_directory": temporaryFolder, "autoinstall_known_extensions": "false",
            "preserve_insertion_order": preservesOrder ? "true" : "false",
        ]
        if let threads { values["threads"] = "\(max(1, threads))" }
        if let memoryLimit { values["memory_limit"] = "\(memoryLimit)B" }
        if isReadOnly { values["access_mode"] = "READ_ONLY" }
        return values.merging(settings) { $1 }
    }
}

/// A value bound to a parameter (`?` or `$1`) of a statement.
public enum DuckDBValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case text(String)
    case blob([UInt8])
    /// In days since 1970-01-01.
    case date(Int32)
    /// In microseconds since 1970-01-01 00:00:00, without a time zone.
    case timestamp(Int64)
}

extension DuckDBValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral
{
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(stringLiteral value: String) { self = .text(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(nilLiteral: ()) { self = .null }
}
