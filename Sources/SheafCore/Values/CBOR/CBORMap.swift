/// Where the values of a map are, by their keys.
final class CBORMap {
    struct Entry {
        /// The bytes of a text, or an integer with the length -1, or where a text in parts is with the length -2.
        let key: Int
        let length: Int
        let value: Int

        static let integer = -1
        static let parts = -2
    }

    @exclusivity(unchecked) private(set) var entries: ContiguousArray<Entry> = []
    @exclusivity(unchecked) private(set) var end = 0
    /// Places in the entries by their keys' hash, if there are many; -1 for nothing.
    private var table: [Int32] = []
    private var hasIntegers = false
    private var hasParts = false
    /// The entry found last: keys are asked for in the order in which they were written, as a rule.
    @exclusivity(unchecked) private var cursor = 0

    /// Scans a map, in the place of one scanned before.
    func scan(_ reader: CBORReader, at offset: Int) throws(CBORFault) {
        entries.removeAll(keepingCapacity: true)
        if !table.isEmpty { table = [] }
        (hasIntegers, hasParts, cursor) = (false, false, 0)
        let head = try reader.item(at: offset)
        guard head.major == CBORMajor.map else { throw reader.mismatch(head) }
        end = head.next
        if head.isIndefinite {
            while try !reader.isBreak(at: end) { try scanEntry(reader) }
            end += 1
        } else {
            let count = try reader.countOfItems(head)
            entries.reserveCapacity(count)
            for _ in 0..<count { try scanEntry(reader) }
        }
        try findRepeats(reader)
    }

    private func scanEntry(_ reader: CBORReader) throws(CBORFault) {
        let start = end, head = try reader.head(at: start)
        var key = start, length: Int
        switch head.major {
        case CBORMajor.text where head.isIndefinite:
            (length, hasParts) = (Entry.parts, true)
            _ = try reader.text(at: start)
            end = try reader.skip(from: start)
        case CBORMajor.text:
            let utf8 = try reader.piece(head)
            if !utf8.allSatisfy({ $0 < 0x80 }) { _ = try reader.text(utf8, at: start) }
            (key, length) = (head.next, utf8.count)
            end = head.next + length
        case CBORMajor.unsigned, CBORMajor.negative:
            (key, length) = (try reader.integer(at: start), Entry.integer)
            hasIntegers = true
            end = head.next
        default:
            throw .corrupt("the key at \(start) is neither a text nor an integer")
        }
        entries.append(Entry(key: key, length: length, value: end))
        end = try reader.skip(from: end)
    }

    /// Few keys are compared with each other, many are put into a table.
    private func findRepeats(_ reader: CBORReader) throws(CBORFault) {
        let count = entries.count
        if count <= 12, !hasParts {
            for index in 0..<count {
                for other in 0..<index where isSame(entries[index], entries[other], reader) { throw repeated(entries[index], reader) }
            }
            return
        }
        guard count <= Int32.max / 4 else { throw .corrupt("the map has \(count) keys, more than a map may have") }
        var size = 16
        while size < count * 2 { size *= 2 }
        table = Array(repeating: -1, count: size)
        for (index, entry) in entries.enumerated() {
            var place = hash(entry, reader) & (size - 1)
            while table[place] >= 0 {
                if isSame(entries[Int(table[place])], entry, reader) { throw repeated(entry, reader) }
                place = (place + 1) & (size - 1)
            }
            table[place] = Int32(index)
        }
    }

    private func repeated(_ entry: Entry, _ reader: CBORReader) -> CBORFault {
        .corrupt("the key “\(text(of: entry, reader))” is there twice, again before \(entry.value)")
    }

    @inline(__always)
    private func isSame(_ one: Entry, _ other: Entry, _ reader: CBORReader) -> Bool {
        guard one.length == other.length else {
            return (one.length == Entry.parts || other.length == Entry.parts) && one.length != Entry.integer
                && other.length != Entry.integer && text(of: one, reader) == text(of: other, reader)
        }
        return switch one.length {
        case Entry.integer: one.key == other.key
        case Entry.parts: text(of: one, reader) == text(of: other, reader)
        default: isText(one, utf8(of: other, reader), reader)
        }
    }

    @inline(__always)
    private func utf8(of entry: Entry, _ reader: CBORReader) -> UnsafeRawBufferPointer {
        // Somebody who kept the container until the bytes had gone finds no bytes.
        guard entry.key + entry.length <= reader.bytes.count else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: reader.bytes[entry.key..<entry.key + entry.length])
    }

    @inline(__always)
    private func isText(_ entry: Entry, _ name: UnsafeRawBufferPointer, _ reader: CBORReader) -> Bool {
        guard entry.length == name.count else { return false }
        let own = utf8(of: entry, reader)
        guard own.count == name.count else { return false }
        for index in 0..<own.count where own[index] != name[index] { return false }
        return true
    }

    private func text(of entry: Entry, _ reader: CBORReader) -> String {
        switch entry.length {
        case Entry.integer: "\(entry.key)"
        // That it is a text was seen when the map was scanned.
        case Entry.parts: (try? reader.text(at: entry.key)) ?? ""
        default: String(decoding: utf8(of: entry, reader), as: UTF8.self)
        }
    }

    private func hash(_ entry: Entry, _ reader: CBORReader) -> Int {
        switch entry.length {
        case Entry.integer: Self.hash(entry.key)
        case Entry.parts: Array(text(of: entry, reader).utf8).withUnsafeBytes { Self.hash($0) }
        default: Self.hash(utf8(of: entry, reader))
        }
    }

    /// Hashes differ from process to process, so that nobody can prepare keys that all have the same.
    private static func hash(_ utf8: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: utf8)
        return hasher.finalize() & Int.max
    }

    private static func hash(_ number: Int) -> Int { number.hashValue & Int.max }

    // MARK: Look-up

    /// Where the value for a key is.
    @inline(__always)
    func value(for key: some CodingKey, _ reader: CBORReader) -> Int? {
        if hasIntegers, let number = key.intValue,
            let index = find(hash: Self.hash(number), { $0.length == Entry.integer && $0.key == number })
        {
            return entries[index].value
        }
        var name = key.stringValue
        return name.withUTF8 { utf8 in
            let utf8 = UnsafeRawBufferPointer(utf8)
            for index in cursor..<Swift.min(cursor + 2, entries.count) where isText(entries[index], utf8, reader) {
                cursor = index
                return entries[index].value
            }
            return rareValue(for: utf8, reader)
        }
    }

    private func rareValue(for utf8: UnsafeRawBufferPointer, _ reader: CBORReader) -> Int? {
        let index = find(hash: table.isEmpty ? 0 : Self.hash(utf8)) { entry in
            entry.length == Entry.parts ? text(of: entry, reader).utf8.elementsEqual(utf8) : isText(entry, utf8, reader)
        }
        guard let index else { return nil }
        cursor = index
        return entries[index].value
    }

    private func find(hash: Int, _ isWanted: (Entry) -> Bool) -> Int? {
        if table.isEmpty { return entries.firstIndex(where: isWanted) }
        var place = hash & (table.count - 1)
        while table[place] >= 0 {
            if isWanted(entries[Int(table[place])]) { return Int(table[place]) }
            place = (place + 1) & (table.count - 1)
        }
        return nil
    }

    /// The keys that are some of the program's.
    func keys<Key: CodingKey>(_ type: Key.Type, _ reader: CBORReader) -> [Key] {
        var keys: [Key] = []
        for entry in entries {
            if entry.length == Entry.integer, let key = Key(intValue: entry.key) {
                keys.append(key)
            } else if let key = Key(stringValue: text(of: entry, reader)) {
                keys.append(key)
            }
        }
        return keys
    }
}

extension CBORReader {
    /// Whether a container whose count is not known ends here.
    func isBreak(at offset: Int) throws(CBORFault) -> Bool {
        guard offset < bytes.count else { throw .end(at: offset, wanting: 1) }
        return bytes[offset] == 0xFF
    }
}
