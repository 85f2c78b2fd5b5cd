/// Text as it appears in a drawing, whose font is only known where it is shown.
enum DrawnText {
    /// An estimate, on the high side, of the width of text in a proportional system font, in units of the font's size.
    static func width(_ text: String) -> Double {
        text.unicodeScalars.reduce(0) { $0 + width($1) }
    }

    private static func width(_ scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case "i", "j", "l", "t", "f", "r", "I", ".", ",", ":", ";", "'", "|", "!", "(", ")", "[", "]", " ", "/": 0.36
        case "m", "w", "M", "W", "@", "%", "→", "…": 0.95
        case "A"..."Z", "_", "×", "+", "<", ">", "=", "~": 0.72
        case "0"..."9": 0.62
        default: scalar.value < 0x1100 ? 0.6 : 1.1
        }
    }

    /// At most so many characters; an ellipsis stands for what was left out.
    static func shortened(_ text: String, to limit: Int) -> String {
        text.count <= limit ? text : text.prefix(limit - 1) + "…"
    }

    /// Text and attribute values of XML 1.0. Characters that XML does not allow, even escaped, become U+FFFD.
    static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// Numbers as a reader likes them.
package enum NumberText {
    /// `1234567` as `1,234,567`.
    package static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var result = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(",") }
            result.append(digit)
        }
        return result
    }

    /// With at most one digit after the point.
    static func short(_ number: Double) -> String {
        let rounded = (number * 10).rounded() / 10
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }
}

/// Fills and strokes that stay apart for colour-blind readers: the strokes are those of Okabe and Ito (“Color Universal Design”, 2008),
/// darkened where they would be faint on white; the fills are tints of them.
enum Palette {
    static let colors: [(fill: String, stroke: String)] = [
        ("#e3f0fa", "#0072b2"), ("#fdf0d5", "#c98500"), ("#ddf3ec", "#00805e"), ("#fbe6dc", "#c44e00"),
        ("#f8e6f0", "#b0588c"), ("#e6f5fd", "#3a9bd0"), ("#f6f4d2", "#968c00"), ("#ececec", "#5c5c5c"),
    ]

    static func color(_ index: Int) -> (fill: String, stroke: String) { colors[index % colors.count] }
}
