/// How a CSV file is written.
///
/// ```swift
/// let options = CSVOptions(delimiter: ";", nullText: ["", "NA"], isLenient: true)
/// let flights = session.csv("flights.csv", as: Flight.self, options: options)
/// print(try await flights.count(), try await flights.rejectedLines())
/// ```
public struct CSVOptions: Sendable, Hashable {
    /// Between fields; found out when nil: for rows of a type it is what makes their columns of the first line.
    public var delimiter: String?
    /// Whether the first line has the names; it has for rows of a type, and is found out for others when nil.
    public var hasHeader: Bool?
    /// `"` for rows of a type, and found out for others when nil; the escape is the quote, twice.
    public var quote: String?
    public var escape: String?
    /// Fields that stand for null.
    public var nullText: [String]
    /// Lines left out at the start.
    public var skippedLines: Int
    /// As C's strptime. When nil, ISO 8601 (2013-12-31) for rows of a type, and found out for others.
    public var dateFormat: String?
    public var timestampFormat: String?
    /// Whether lines that do not fit are left out rather than end the query; ``Table/rejectedLines(limit:)`` tells which. For rows of a
    /// type these are the lines in which any of its columns does not fit, whichever the query uses. A strict query stops at the first
    /// line in which a column that it uses does not fit.
    ///
    /// An empty field is null, and fits; where the property is not optional, leave such rows out with a filter on an optional one.
    public var isLenient: Bool
    /// How the file is compressed; when nil that follows from its name: `.gz`, `.zst`.
    public var compression: FileCompression?
    /// `utf-8`, `utf-16` or `latin-1`; UTF-8 when nil.
    public var encoding: String?
    /// A further column with each row's file.
    public var fileNameColumn: String?
    /// Whether columns of several files are matched by name rather than by position; what a file lacks is null.
    public var unionByName: Bool

    public init(
        delimiter: String? = nil, hasHeader: Bool? = nil, quote: String? = nil, escape: String? = nil, nullText: [String] = [""],
        skippedLines: Int = 0, dateFormat: String? = nil, timestampFormat: String? = nil, isLenient: Bool = false,
        compression: FileCompression? = nil, encoding: String? = nil, fileNameColumn: String? = nil, unionByName: Bool = false
    ) {
        self.delimiter = delimiter
        self.hasHeader = hasHeader
        self.quote = quote
        self.escape = escape
        self.nullText = nullText
        self.skippedLines = skippedLines
        self.dateFormat = dateFormat
        self.timestampFormat = timestampFormat
        self.isLenient = isLenient
        self.compression = compression
        self.encoding = encoding
        self.fileNameColumn = fileNameColumn
        self.unionByName = unionByName
    }
}

/// How a JSON file is written.
public struct JSONOptions: Sendable, Hashable {
    public enum Layout: String, Sendable, CaseIterable {
        /// Found out.
        case auto
        /// An object a line.
        case lines = "newline_delimited"
        /// One array of objects.
        case array
    }

    public var layout: Layout
    /// Whether lines that do not fit are left out rather than end the query; ``Table/rejectedLines(limit:)`` tells which. For JSON lines
    /// and rows of a type only.
    public var isLenient: Bool
    /// How the file is compressed; when nil that follows from its name: `.gz`, `.zst`.
    public var compression: FileCompression?
    /// As C's strptime; found out when nil.
    public var dateFormat: String?
    public var timestampFormat: String?
    /// The longest object, in bytes.
    public var objectBytes: Int

    public init(
        layout: Layout = .auto, isLenient: Bool = false, compression: FileCompression? = nil, dateFormat: String? = nil,
        timestampFormat: String? = nil, objectBytes: Int = 16 << 20
    ) {
        self.layout = layout
        self.isLenient = isLenient
        self.compression = compression
        self.dateFormat = dateFormat
        self.timestampFormat = timestampFormat
        self.objectBytes = objectBytes
    }
}

/// How Parquet files are read.
public struct ParquetOptions: Sendable, Hashable {
    /// Whether folders called `name=value` are columns (Hive's layout). Filters on them leave whole folders out.
    public var hivePartitions: Bool
    /// Whether columns of several files are matched by name even if they differ; what a file lacks is null.
    public var unionByName: Bool
    /// A further column with each row's file.
    public var fileNameColumn: String?

    public init(hivePartitions: Bool = true, unionByName: Bool = false, fileNameColumn: String? = nil) {
        self.hivePartitions = hivePartitions
        self.unionByName = unionByName
        self.fileNameColumn = fileNameColumn
    }
}

/// How a file, or the pages of one, are compressed.
public enum FileCompression: String, Sendable, Hashable, CaseIterable {
    case none, gzip, zstd
    /// Parquet only.
    case snappy, lz4
}
