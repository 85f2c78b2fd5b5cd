extension ArrowCell: CustomStringConvertible {
    /// The value as people write it: ISO 8601 dates and times, decimals with their point, bytes in hexadecimal digits, texts in nested
    /// values in quotes. A timestamp with a zone is shown in UTC, with a Z.
    public var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .uint(let value): "\(value)"
        case .double(let value): "\(value)"
        case .string(let value): value
        case .bytes(let value): value.map { CellText.hexadecimal($0) }.joined()
        case .decimal(let value, let scale): CellText.decimal(String(value.magnitude), isNegative: value < 0, scale: scale)
        case .wideDecimal(let high, let low, let scale):
            CellText.decimal(CellText.digits(high: high, low: low), isNegative: high < 0, scale: scale)
        case .date(let days): CellText.date(days)
        case .time(let value, let unit): CellText.time(value, unit)
        case .timestamp(let value, let unit, let zone): CellText.timestamp(value, unit) + (zone == nil ? "" : "Z")
        case .duration(let value, let unit): "\(value)\(unit == .second ? "s" : "\(unit.letter)s")"
        case .interval(let months, let days, let nanoseconds): "\(months)mo \(days)d \(nanoseconds)ns"
        case .list(let items): "[\(items.map(\.nestedText).joined(separator: ", "))]"
        case .struct(let members): "{\(members.map { "\($0.name): \($0.value.nestedText)" }.joined(separator: ", "))}"
        case .map(let entries): "{\(entries.map { "\($0.key.nestedText): \($0.value.nestedText)" }.joined(separator: ", "))}"
        }
    }

    private var nestedText: String {
        guard case .string(let text) = self else { return description }
        return "\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\""))\""
    }
}

enum CellText {
    static func hexadecimal(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

    static func padded(_ value: some BinaryInteger, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    static func decimal(_ digits: String, isNegative: Bool, scale: Int) -> String {
        var text = digits
        if scale < 0 {
            if text != "0" { text += String(repeating: "0", count: -scale) }
        } else if scale > 0 {
            text = String(repeating: "0", count: max(0, scale + 1 - text.count)) + text
            text.insert(".", at: text.index(text.endIndex, offsetBy: -scale))
        }
        return (isNegative ? "-" : "") + text
    }

    /// The decimal digits of the magnitude of a 256-bit integer.
    static func digits(high: Int128, low: UInt128) -> String {
        var (upper, lower) = (UInt128(truncatingIfNeeded: high), low)
        if high < 0 {
            let (sum, carries) = (~lower).addingReportingOverflow(1)
            lower = sum
            upper = ~upper &+ (carries ? 1 : 0)
        }
        let part: UInt128 = 1_000_000_000_000_000_000
        var parts: [String] = []
        repeat {
            let (quotient, remainder) = upper.quotientAndRemainder(dividingBy: part)
            let (rest, digits) = part.dividingFullWidth((remainder, lower))
            (upper, lower) = (quotient, rest)
            parts.append(upper == 0 && lower == 0 ? String(digits) : padded(digits, 18))
        } while upper != 0 || lower != 0
        return parts.reversed().joined()
    }

    /// ISO 8601, with more digits for years beyond 9999.
    static func date(_ days: Int) -> String {
        let (year, month, day) = civil(days)
        return "\(year < 0 ? "-" : "")\(padded(year.magnitude, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    static func time(_ value: Int64, _ unit: ArrowTimeUnit) -> String {
        let (seconds, fraction) = value.flooredDivision(by: unit.unitsPerSecond)
        let text = "\(padded(seconds / 3_600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
        return fraction == 0 ? text : "\(text).\(padded(fraction, unit.rawValue * 3))"
    }

    static func timestamp(_ value: Int64, _ unit: ArrowTimeUnit) -> String {
        let (days, rest) = value.flooredDivision(by: 86_400 * unit.unitsPerSecond)
        return "\(date(Int(days)))T\(time(rest, unit))"
    }

    /// Year, month and day of the proleptic Gregorian calendar.
    ///
    /// The 400 years of the calendar's period have 146,097 days; years are counted from March, so that leap days come last.
    static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}
