/// The type of a column, as SQL engines name them.
public indirect enum SQLType: Sendable, Hashable {
    case boolean
    case int8, int16, int32, int64
    case uint8, uint16, uint32, uint64
    case float, double
    case decimal(precision: Int, scale: Int)
    case string, blob
    /// A day of the calendar.
    case date
    /// A time of day.
    case time
    /// A moment, as microseconds without a zone; ``Foundation/Date`` is UTC.
    case timestamp
    case timestampWithZone
    case uuid
    case list(SQLType)
    case structure([Field])

    public struct Field: Sendable, Hashable {
        public var name: String
        public var type: SQLType

        public init(_ name: String, _ type: SQLType) {
            self.name = name
            self.type = type
        }
    }
}
