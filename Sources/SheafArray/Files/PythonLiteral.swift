/// Reads the dictionary literal in the header of a `.npy` file: texts, `True` and `False`, and tuples of sizes. Anything else is noticed
/// but not read. Never fails but by returning `nil`.
struct PythonLiteral {
    enum Value: Hashable {
        case text(String)
        case boolean(Bool)
        case tuple([Int])
        /// A list; its contents are skipped.
        case other
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The entries of the dictionary that the text is; `nil` when it is something else, or something follows but spaces.
    mutating func dictionary() -> [String: Value]? {
        var entries: [String: Value] = [:]
        guard take("{") else { return nil }
        while !take("}") {
            guard entries.count < 16, let key = text(), take(":"), let value = value(), entries.updateValue(value, forKey: key) == nil
            else { return nil }
            if !take(",") {
                guard take("}") else { return nil }
                break
            }
        }
        skipSpaces()
        return position == bytes.count ? entries : nil
    }

    private mutating func value() -> Value? {
        skipSpaces()
        guard position < bytes.count else { return nil }
        switch bytes[position] {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return text().map(Value.text)
        case UInt8(ascii: "("): return tuple().map(Value.tuple)
        case UInt8(ascii: "["): return skipList() ? .other : nil
        default:
            if takeWord("True") { return .boolean(true) }
            return takeWord("False") ? .boolean(false) : nil
        }
    }

    private mutating func tuple() -> [Int]? {
        guard take("(") else { return nil }
        var sizes: [Int] = []
        while !take(")") {
            guard sizes.count < 1024, let size = size() else { return nil }
            sizes.append(size)
            if !take(",") {
                // One size in parentheses without a comma is a number, not a tuple.
                guard take(")"), sizes.count > 1 else { return nil }
                break
            }
        }
        return sizes
    }

    private mutating func size() -> Int? {
        skipSpaces()
        var value = 0, digits = 0
        while position < bytes.count, case let digit = bytes[position], digit >= 48, digit <= 57 {
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = product.addingReportingOverflow(Int(digit) - 48)
            if tooLarge || overflow { return nil }
            value = sum
            digits += 1
            position += 1
        }
        // Python 2 wrote long integers with an L.
        if digits > 0, position < bytes.count, bytes[position] == UInt8(ascii: "L") { position += 1 }
        return digits > 0 ? value : nil
    }

    private mutating func text() -> String? {
        skipSpaces()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "'") || bytes[position] == UInt8(ascii: "\"") else { return nil }
        let quote = bytes[position], start = position + 1
        guard let end = bytes[start...].firstIndex(of: quote), !bytes[start..<end].contains(UInt8(ascii: "\\")) else { return nil }
        position = end + 1
        return String(validating: bytes[start..<end], as: UTF8.self)
    }

    private mutating func skipList() -> Bool {
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "["), UInt8(ascii: "("): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: ")"): depth -= 1
            default: break
            }
            position += 1
            if depth == 0 { return true }
        }
        return false
    }

    private mutating func skipSpaces() {
        while position < bytes.count, bytes[position] == 32 || (9...13).contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpaces()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func takeWord(_ word: String) -> Bool {
        skipSpaces()
        guard bytes.count - position >= word.utf8.count, bytes[position..<position + word.utf8.count].elementsEqual(word.utf8) else {
            return false
        }
        position += word.utf8.count
        return true
    }
}
