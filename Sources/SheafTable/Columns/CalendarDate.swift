public import SheafArrow

/// A day of the (proleptic Gregorian) calendar, without a time or a zone: SQL's `DATE`.
public struct CalendarDate: Sendable, Hashable, Comparable, Codable, ColumnValue, LosslessStringConvertible {
    public typealias Base = CalendarDate
    public typealias Nullable = CalendarDate?
    public typealias Truth = Bool

    /// Days since 1 January 1970.
    public var daysSince1970: Int32

    public init(daysSince1970: Int32) { self.daysSince1970 = daysSince1970 }

    /// - Returns: nil when there is no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), (1...31).contains(day), (-200_000...200_000).contains(year) else { return nil }
        // Days from civil, counted in eras of 400 years that begin in March (H. Hinnant, "chrono-compatible low-level date algorithms").
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400, yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        self.init(daysSince1970: Int32(era * 146_097 + dayOfEra - 719_468))
        guard self.month == month, self.day == day else { return nil }
    }

    /// - Parameter text: as in `2013-01-31`.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2] else { return nil }
        self.init(year: year, month: month, day: day)
    }

    public var year: Int { civil.year }
    public var month: Int { civil.month }
    public var day: Int { civil.day }

    private var civil: (year: Int, month: Int, day: Int) {
        let z = Int(daysSince1970) + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097, dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    public var description: String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number.magnitude)
            return (number < 0 ? "-" : "") + String(repeating: "0", count: max(width - digits.count, 0)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    public static func < (left: Self, right: Self) -> Bool { left.daysSince1970 < right.daysSince1970 }

    public static var sqlType: SQLType { .date }
    public var literal: SQLLiteral { .date(self) }
    public static func sample(marked: Bool) -> CalendarDate { CalendarDate(daysSince1970: marked ? 1 : 0) }
    public static func reader(of column: ArrowColumn) throws -> (Int) throws -> CalendarDate {
        guard column.type == .date32 else { throw ColumnMismatch(column, Self.self) }
        let values = try column.values(as: Int32.self)
        return { CalendarDate(daysSince1970: values.value(at: $0)) }
    }
}

extension CalendarDate: CalendarColumnValue {}
