/// The encoder of one value, and its container if the value is a single one.
struct CBORValueEncoder: Encoder, SingleValueEncodingContainer {
    let writer: CBORWriter
    let place: CBORPlace

    var codingPath: [any CodingKey] { writer.path(to: place.index) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        writer.use(place, as: .map)
        return KeyedEncodingContainer(CBORKeyedEncoding(writer: writer, place: place))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        writer.use(place, as: .array)
        return CBORUnkeyedEncoding(writer: writer, place: place)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() throws {
        writer.single(place) { $0.null() }
    }

    // One method does for all types: where a type is known the compiler sees what is left of it.
    func encode<T: Encodable>(_ value: T) throws {
        guard writer.reach(place) else { return try writer.single(place) { try $0.value(value, key: nil, index: -1) } }
        writer.requireUndecided(place)
        if writer.known(value) {
            writer.frames[place.index].shape = .value
        } else {
            // What the value is made of decides what this is.
            writer.frames[place.index].type = T.self
            try value.encode(to: self)
        }
    }
}

extension CBORWriter {
    /// Makes a value that is not decided yet a container, or finds that it is one.
    func use(_ place: CBORPlace, as shape: CBORFrame.Shape) {
        _ = reach(place)
        switch frames[place.index].shape {
        case .undecided: decide(shape, of: place.index)
        case .map where shape == .map: noteRepeat(in: place)
        case .array where shape == .array, .bytes where shape == .array: break
        case let other: preconditionFailure("a value was encoded as \(other), and then asked for a container as \(shape)")
        }
    }

    /// Notes that a map may have a key twice.
    func noteRepeat(in place: CBORPlace) {
        frames[place.index].mayRepeat = true
        mayRepeat = true
    }

    func requireUndecided(_ place: CBORPlace) {
        precondition(frames[place.index].shape == .undecided, "a second value was encoded where there is one already")
    }

    /// Writes the one item that a value is.
    @inline(__always)
    func single(_ place: CBORPlace, _ write: (CBORWriter) throws -> Void) rethrows {
        let isOpen = reach(place)
        requireUndecided(place)
        if isOpen {
            try write(self)
        } else {
            let frame = frames[place.index], writer = CBORWriter(path: path(to: place.index), depth: frame.depth)
            try write(writer)
            isShuffled = true
            replace(frame.start..<frame.end, with: writer.bytes, in: place.index)
        }
        frames[place.index].shape = .value
    }

    /// Writes an element of a container: a key, perhaps, and a value.
    @inline(__always)
    func element(of place: CBORPlace, _ write: (CBORWriter) throws -> Void) rethrows {
        guard reach(place) else { return try splice(into: place.index, write) }
        let start = bytes.count
        do {
            try write(self)
        } catch {
            // Who catches this goes on without the element.
            bytes.removeLast(bytes.count - start)
            throw error
        }
        frames[place.index].count += 1
    }

    /// A container in a container, begun with the key that `write` writes.
    func nested(_ shape: CBORFrame.Shape, in place: CBORPlace, key: (any CodingKey)?, _ write: (CBORWriter) -> Void) -> CBORPlace {
        let isOpen = reach(place)
        let parent = place.index, index = frames[parent].count
        if isOpen {
            write(self)
            frames[parent].count += 1
            let new = begin(shape, at: bytes.count, in: parent, key: key, index: index)
            if shape != .undecided { decide(shape, of: new.index) }
            return new
        }
        splice(into: parent) { writer in
            write(writer)
            writer.bytes.append(shape == .array ? CBORMajor.array : CBORMajor.map)
        }
        let innermost = open
        let new = begin(shape, at: frames[parent].end - 1, in: parent, key: key, index: index)
        frames[new.index].head = 1
        frames[new.index].end = frames[parent].end
        open = innermost
        return new
    }
}

/// An encoder's list.
struct CBORUnkeyedEncoding: UnkeyedEncodingContainer {
    let writer: CBORWriter
    let place: CBORPlace

    var codingPath: [any CodingKey] { writer.path(to: place.index) }

    var count: Int {
        let frame = writer.frames[place.index]
        return frame.shape == .bytes ? (frame.isOpen ? writer.bytes.count : frame.end) - frame.start - frame.head : frame.count
    }

    func encodeNil() throws { element { $0.null() } }

    func encode<T: Encodable>(_ value: T) throws {
        if T.self == UInt8.self, writer.bytes(CollectionOfOne(unsafeBitCast(value, to: UInt8.self)), in: place) { return }
        try element { try $0.value(value, key: nil, index: writer.frames[place.index].count) }
    }

    func encode<S: Sequence>(contentsOf sequence: S) throws where S.Element == UInt8 {
        if sequence.withContiguousStorageIfAvailable({ writer.bytes($0, in: place) }) != true { for byte in sequence { try encode(byte) } }
    }

    @inline(__always)
    private func element(_ write: (CBORWriter) throws -> Void) rethrows {
        if writer.frames[place.index].shape == .bytes { writer.spreadBytes(in: place) }
        try writer.element(of: place, write)
    }

    private func nested(_ shape: CBORFrame.Shape) -> CBORPlace {
        if writer.frames[place.index].shape == .bytes { writer.spreadBytes(in: place) }
        return writer.nested(shape, in: place, key: nil) { _ in }
    }

    func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
        KeyedEncodingContainer(CBORKeyedEncoding(writer: writer, place: nested(.map)))
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { CBORUnkeyedEncoding(writer: writer, place: nested(.array)) }

    func superEncoder() -> any Encoder { CBORValueEncoder(writer: writer, place: nested(.undecided)) }
}

extension CBORWriter {
    /// Writes bytes into an array that has had nothing else.
    func bytes(_ values: some Collection<UInt8>, in place: CBORPlace) -> Bool {
        let frame = frames[place.index]
        guard frame.shape == .bytes || (frame.shape == .array && frame.count == 0), reach(place) else { return false }
        frames[place.index].shape = .bytes
        bytes.append(contentsOf: values)
        return true
    }

    func spreadBytes(in place: CBORPlace) {
        _ = reach(place)
        spreadBytes(of: place.index)
    }
}
