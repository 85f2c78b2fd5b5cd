/// Just enough of JSON to write it.
enum JSONText {
    /// A string, quoted and escaped as RFC 8259 asks.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    static func array(_ elements: [String]) -> String { "[\(elements.joined(separator: ","))]" }

    /// - Parameter members: names, which are quoted, and values, which are JSON already.
    static func object(_ members: KeyValuePairs<String, String>) -> String {
        "{\(members.map { "\(quoted($0.key)):\($0.value)" }.joined(separator: ","))}"
    }
}
