/// The bytes that an encoder writes, and the containers in them that may still grow.
///
/// A container's header has its count, which is known only when it is closed. It gets one byte at first, which does for 23 elements,
/// and is made longer when it has to be. Containers are written one within the other as a rule; one that is written to after its
/// siblings has been closed, and what comes is put into the middle.
///
/// Every access here is over before the next begins, and checking that for each would take a fifth of the time.
final class CBORWriter {
    @exclusivity(unchecked) var bytes: [UInt8] = []
    /// The containers of the values being written, in the order in which they were begun; those of a value go when it is complete.
    @exclusivity(unchecked) var frames: ContiguousArray<CBORFrame> = []
    /// The innermost container that is not closed.
    @exclusivity(unchecked) var open = -1
    /// Whether something was put into the middle, so that a later frame may lie before an earlier one.
    var isShuffled = false
    /// Whether a map has had a key that may have been there before.
    @exclusivity(unchecked) var mayRepeat = false
    @exclusivity(unchecked) private var lastIdentity = 0
    /// Whether values lie deeper than they may; told as soon as something can be thrown.
    @exclusivity(unchecked) private var isTooDeep = false
    /// Where the value is within another writer's, for what is put into the middle there.
    private let outerPath: [any CodingKey]
    private let outerDepth: Int

    init(path: [any CodingKey] = [], depth: Int = 0) {
        outerPath = path
        outerDepth = depth
    }

    /// Writes a value where the bytes end.
    @inline(__always)
    func value<T: Encodable>(_ value: T, key: (any CodingKey)?, index: Int) throws {
        if !known(value) { try unknown(value, key: key, index: index) }
    }

    private func unknown<T: Encodable>(_ value: T, key: (any CodingKey)?, index: Int) throws {
        let parent = open
        let place = begin(.undecided, at: bytes.count, in: parent, key: key, index: index)
        defer {
            frames.removeLast(frames.count - place.index)
            open = parent
        }
        guard !isTooDeep else { throw tooDeep(value, place.index) }
        frames[place.index].type = T.self
        try value.encode(to: CBORValueEncoder(writer: self, place: place))
        guard !isTooDeep else { throw tooDeep(value, place.index) }
        if frames[place.index].isOpen { close(downTo: parent) }
        try removeRepeatedKeys(from: place.index)
    }

    private func tooDeep(_ value: Any, _ index: Int) -> EncodingError {
        .invalidValue(
            value,
            .init(codingPath: path(to: index), debugDescription: "values lie more than \(CBOR.deepest) deep within one another"))
    }

    /// A new container, or a value of which it is not known yet what it is. It is the innermost one.
    func begin(_ shape: CBORFrame.Shape, at start: Int, in parent: Int, key: (any CodingKey)?, index: Int) -> CBORPlace {
        lastIdentity += 1
        let depth = parent < 0 ? outerDepth : frames[parent].depth
        frames.append(
            CBORFrame(shape: shape, start: start, parent: parent, identity: lastIdentity, depth: depth + 1, index: index, key: key))
        open = frames.count - 1
        if depth >= CBOR.deepest { isTooDeep = true }
        return CBORPlace(index: open, identity: lastIdentity)
    }

    /// The keys that lead to a container.
    func path(to index: Int) -> [any CodingKey] {
        var path: [any CodingKey] = []
        var index = index
        while index >= 0, index < frames.count {
            let frame = frames[index]
            if let key = frame.key { path.append(key) } else if frame.index >= 0 { path.append(CBORKey(index: frame.index)) }
            index = frame.parent
        }
        return outerPath + path.reversed()
    }

    // MARK: Items

    @inline(__always)
    func head(_ major: UInt8, _ argument: UInt64) {
        if argument < 24 { bytes.append(major | UInt8(truncatingIfNeeded: argument)) } else { longHead(major, argument) }
    }

    private func longHead(_ major: UInt8, _ argument: UInt64) {
        if argument <= 0xFF {
            bytes.append(major | 24)
            bytes.append(UInt8(truncatingIfNeeded: argument))
        } else if argument <= 0xFFFF {
            bytes.append(major | 25)
            fixed(UInt16(truncatingIfNeeded: argument))
        } else if argument <= 0xFFFF_FFFF {
            bytes.append(major | 26)
            fixed(UInt32(truncatingIfNeeded: argument))
        } else {
            bytes.append(major | 27)
            fixed(argument)
        }
    }

    @inline(__always)
    private func fixed(_ word: some FixedWidthInteger) {
        withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
    }

    func null() { bytes.append(0xF6) }
    func bool(_ value: Bool) { bytes.append(value ? 0xF5 : 0xF4) }

    @inline(__always)
    func integer(_ value: Int64) {
        if value >= 0 { head(CBORMajor.unsigned, UInt64(value)) } else { head(CBORMajor.negative, ~UInt64(bitPattern: value)) }
    }

    func integer(_ value: UInt64) { head(CBORMajor.unsigned, value) }

    /// Beyond 64 bits as a bignum: a tag, and the bytes without leading zeros.
    func integer(isNegative: Bool, _ argument: UInt128) {
        guard argument > UInt128(UInt64.max) else {
            return head(isNegative ? CBORMajor.negative : CBORMajor.unsigned, UInt64(truncatingIfNeeded: argument))
        }
        bytes.append(isNegative ? 0xC3 : 0xC2)
        withUnsafeBytes(of: argument.bigEndian) { all in
            let digits = all.drop { $0 == 0 }
            head(CBORMajor.bytes, UInt64(digits.count))
            bytes.append(contentsOf: digits)
        }
    }

    func double(_ value: Double) {
        bytes.append(0xFB)
        fixed(value.bitPattern)
    }

    func float(_ value: Float) {
        bytes.append(0xFA)
        fixed(value.bitPattern)
    }

    func text(_ value: String) {
        var value = value
        value.withUTF8 { utf8 in
            head(CBORMajor.text, UInt64(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }

    func byteString(_ value: [UInt8]) {
        head(CBORMajor.bytes, UInt64(value.count))
        bytes.append(contentsOf: value)
    }
}
