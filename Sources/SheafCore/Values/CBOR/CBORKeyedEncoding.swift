/// An encoder's map.
struct CBORKeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
    private let writer: CBORWriter
    private let place: CBORPlace
    private let names: CBORKeyNames

    init(writer: CBORWriter, place: CBORPlace) {
        self.writer = writer
        self.place = place
        names = CBORKeyNames(Key.self, of: writer.frames[place.index].type)
    }

    var codingPath: [any CodingKey] { writer.path(to: place.index) }

    func encodeNil(forKey key: Key) throws {
        note(key)
        writer.element(of: place) { writer in
            write(key, to: writer)
            writer.null()
        }
    }

    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        note(key)
        try writer.element(of: place) { writer in
            write(key, to: writer)
            if !writer.known(value) { try writer.value(value, key: key, index: -1) }
        }
    }

    func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type, forKey key: Key) -> KeyedEncodingContainer<NestedKey> {
        KeyedEncodingContainer(CBORKeyedEncoding<NestedKey>(writer: writer, place: nested(.map, key)))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        CBORUnkeyedEncoding(writer: writer, place: nested(.array, key))
    }

    func superEncoder() -> any Encoder {
        CBORValueEncoder(
            writer: writer, place: writer.nested(.undecided, in: place, key: CBORKey.super) { $0.text(CBORKey.super.stringValue) })
    }

    func superEncoder(forKey key: Key) -> any Encoder {
        note(key)
        return CBORValueEncoder(writer: writer, place: writer.nested(.undecided, in: place, key: key) { write(key, to: $0) })
    }

    /// A container asked for a second time is the same one.
    private func nested(_ shape: CBORFrame.Shape, _ key: Key) -> CBORPlace {
        if note(key), let known = writer.container(shape, in: place, key: key) { return known }
        return writer.nested(shape, in: place, key: key) { write(key, to: $0) }
    }

    /// Notes that a key is written, and tells whether it may have been before.
    @discardableResult @inline(__always)
    private func note(_ key: Key) -> Bool {
        let bit: UInt64
        switch names {
        case .cases: bit = 1 << UInt64(MemoryLayout<Key>.size == 0 ? 0 : unsafeBitCast(key, to: UInt8.self) & 63)
        case .texts: bit = 1 << UInt64(truncatingIfNeeded: key.stringValue.hashValue & 63)
        case .different, .integers: return false
        }
        let isKnown = writer.frames[place.index].keys & bit != 0
        writer.frames[place.index].keys |= bit
        if isKnown { writer.noteRepeat(in: place) }
        return isKnown
    }

    /// A key is an integer if its text is another name for it; a text that happens to be a number stays one.
    @inline(__always)
    private func write(_ key: Key, to writer: CBORWriter) {
        if let number = key.intValue, names == .integers || (names != .different && Int(key.stringValue) == nil) {
            writer.integer(Int64(number))
        } else {
            writer.text(key.stringValue)
        }
    }
}

/// What is known of a map's keys.
enum CBORKeyNames {
    /// An enumeration's, of which each has its own byte.
    case cases
    /// Any, which may be the same.
    case texts
    /// A dictionary's, which are different.
    case different
    /// Those of a dictionary whose keys are integers.
    case integers

    init<Key>(_ key: Key.Type, of type: Any.Type?) {
        if MemoryLayout<Key>.size <= 1, _isPOD(Key.self) {
            self = .cases
        } else if let type = type as? any CBORDictionary.Type {
            self = type.hasIntegerKeys ? .integers : .different
        } else {
            self = .texts
        }
    }
}

extension CBORWriter {
    /// The container that a map has for a key.
    func container(_ shape: CBORFrame.Shape, in place: CBORPlace, key: some CodingKey) -> CBORPlace? {
        guard reach(place) || place.index < frames.count else { return nil }
        let found = frames.indices.last { index in
            let frame = frames[index]
            let isSame = frame.shape == shape || (frame.shape == .bytes && shape == .array)
            return isSame && frame.parent == place.index && frame.key?.stringValue == key.stringValue
        }
        return found.map { CBORPlace(index: $0, identity: frames[$0].identity) }
    }
}
