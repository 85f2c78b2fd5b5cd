extension CBORReader {
    /// Where an item ends. Of what is passed over it is known afterwards that it is CBOR, not that its texts are texts.
    @inline(__always)
    func skip(from offset: Int) throws(CBORFault) -> Int {
        let head = try head(at: offset)
        switch head.major {
        case CBORMajor.unsigned, CBORMajor.negative: return head.next
        case CBORMajor.bytes, CBORMajor.text:
            if !head.isIndefinite { return head.next + (try piece(head)).count }
        default: break
        }
        return try skipRest(from: offset)
    }

    private struct Unbounded {
        /// How many items are still to come after it, where it lies.
        let pending: Int
        let isMap: Bool
        var count = 0
    }

    private func skipRest(from start: Int) throws(CBORFault) -> Int {
        var offset = start
        // How many items are still to come; containers whose count is not known begin to count anew.
        var pending = 1
        var outer: [Unbounded] = []
        while true {
            if pending == 0 {
                guard let inner = outer.last else { return offset }
                guard offset < bytes.count else { throw .end(at: offset, wanting: 1) }
                if bytes[offset] == 0xFF {
                    guard !inner.isMap || inner.count % 2 == 0 else { throw .corrupt("a map ends after a key, at \(offset)") }
                    offset += 1
                    pending = inner.pending
                    outer.removeLast()
                    continue
                }
                outer[outer.count - 1].count += 1
                pending = 1
            }
            let head = try head(at: offset)
            guard !head.isBreak else { throw .corrupt("a break where a value is wanted, at \(offset)") }
            offset = head.next
            pending -= 1
            switch head.major {
            case CBORMajor.bytes, CBORMajor.text:
                if head.isIndefinite {
                    while let piece = try chunk(at: &offset, of: head.major) { _ = piece }
                } else {
                    offset += try piece(head).count
                }
            case CBORMajor.array, CBORMajor.map:
                let isMap = head.major == CBORMajor.map
                if head.isIndefinite {
                    guard outer.count < CBOR.deepest else {
                        throw .corrupt("values lie more than \(CBOR.deepest) deep within one another at \(offset)")
                    }
                    outer.append(Unbounded(pending: pending, isMap: isMap))
                    pending = 0
                } else {
                    pending += try countOfItems(head) * (isMap ? 2 : 1)
                }
            case CBORMajor.tag: pending += 1
            default: break
            }
        }
    }

    /// The count of an array or a map, for which the bytes have to be enough: an item takes one at least.
    func countOfItems(_ head: Head) throws(CBORFault) -> Int {
        let left = bytes.count - head.next
        let most = head.major == CBORMajor.map ? left / 2 : left
        guard head.argument <= UInt64(most) else { throw .end(at: bytes.count, wanting: head.argument - UInt64(most)) }
        return Int(head.argument)
    }

    /// The next part of a string of several, which are of its kind and have a length; `nil` at the end.
    func chunk(at offset: inout Int, of major: UInt8) throws(CBORFault) -> UnsafeRawBufferPointer? {
        let head = try head(at: offset)
        if head.isBreak {
            offset = head.next
            return nil
        }
        guard head.major == major, !head.isIndefinite else { throw .corrupt("a string has a part at \(offset) that is none") }
        let part = try piece(head)
        offset = head.next + part.count
        return part
    }

    /// Whether null is there, or undefined.
    @inline(__always)
    func isNull(at offset: Int) throws(CBORFault) -> Bool {
        guard offset < bytes.count else { throw .end(at: offset, wanting: 1) }
        return bytes[offset] == 0xF6 || bytes[offset] == 0xF7
    }

    /// What an item of another kind than was wanted is.
    func mismatch(_ head: Head) -> CBORFault {
        switch (head.major, head.info) {
        case (CBORMajor.unsigned, _), (CBORMajor.negative, _): .mismatch(found: "an integer")
        case (CBORMajor.bytes, _): .mismatch(found: "a byte string")
        case (CBORMajor.text, _): .mismatch(found: "a text")
        case (CBORMajor.array, _): .mismatch(found: "an array")
        case (CBORMajor.map, _): .mismatch(found: "a map")
        case (CBORMajor.tag, _): .mismatch(found: "a value with the tag \(head.argument)")
        case (_, 20), (_, 21): .mismatch(found: "a Boolean")
        case (_, 22), (_, 23): .null
        case (_, 25), (_, 26), (_, 27): .mismatch(found: "a floating-point number")
        default: .mismatch(found: "the simple value \(head.argument)")
        }
    }

    func bool(at offset: Int) throws(CBORFault) -> Bool {
        let head = try item(at: offset)
        guard head.major == CBORMajor.simple, head.info == 20 || head.info == 21 else { throw mismatch(head) }
        return head.info == 21
    }

    @inline(__always)
    func text(at offset: Int) throws(CBORFault) -> String {
        let head = try item(at: offset)
        guard head.major == CBORMajor.text else { throw mismatch(head) }
        if head.isIndefinite { return try joinedText(from: head.next) }
        return try text(try piece(head), at: offset)
    }

    func text(_ utf8: UnsafeRawBufferPointer, at offset: Int) throws(CBORFault) -> String {
        let text = utf8.withMemoryRebound(to: UInt8.self) { String(validating: $0, as: UTF8.self) }
        guard let text else { throw .corrupt("the text at \(offset) is not UTF-8") }
        return text
    }

    private func joinedText(from start: Int) throws(CBORFault) -> String {
        var offset = start, text = ""
        // Each part is UTF-8 by itself.
        while let part = try chunk(at: &offset, of: CBORMajor.text) { text += try self.text(part, at: offset) }
        return text
    }

    /// A byte string's bytes; `nil` for an array, which may have bytes in it.
    func byteString(at offset: Int) throws(CBORFault) -> [UInt8]? {
        let head = try item(at: offset)
        if head.major == CBORMajor.array { return nil }
        guard head.major == CBORMajor.bytes else { throw mismatch(head) }
        guard head.isIndefinite else { return [UInt8](try piece(head)) }
        var offset = head.next, joined: [UInt8] = []
        while let part = try chunk(at: &offset, of: CBORMajor.bytes) { joined.append(contentsOf: part) }
        return joined
    }
}
