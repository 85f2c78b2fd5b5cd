// Types that are written and read without asking their `Codable` conformance, which gives the same bytes by a longer way.
// Where the type is known to the compiler, one line of each list is left.

extension CBORWriter {
    /// Writes a value of a type in the list.
    @inline(__always)
    func known<T>(_ value: T) -> Bool {
        if T.self == String.self {
            text(unsafeBitCast(value, to: String.self))
        } else if T.self == Int.self {
            integer(Int64(unsafeBitCast(value, to: Int.self)))
        } else if T.self == Double.self {
            double(unsafeBitCast(value, to: Double.self))
        } else if T.self == Bool.self {
            bool(unsafeBitCast(value, to: Bool.self))
        } else {
            return others(value)
        }
        return true
    }

    @inline(__always)
    private func others<T>(_ value: T) -> Bool {
        if T.self == Float.self {
            float(unsafeBitCast(value, to: Float.self))
        } else if T.self == Int8.self {
            integer(Int64(unsafeBitCast(value, to: Int8.self)))
        } else if T.self == Int16.self {
            integer(Int64(unsafeBitCast(value, to: Int16.self)))
        } else if T.self == Int32.self {
            integer(Int64(unsafeBitCast(value, to: Int32.self)))
        } else if T.self == Int64.self {
            integer(unsafeBitCast(value, to: Int64.self))
        } else if T.self == UInt.self {
            integer(UInt64(unsafeBitCast(value, to: UInt.self)))
        } else if T.self == UInt8.self {
            integer(UInt64(unsafeBitCast(value, to: UInt8.self)))
        } else if T.self == UInt16.self {
            integer(UInt64(unsafeBitCast(value, to: UInt16.self)))
        } else if T.self == UInt32.self {
            integer(UInt64(unsafeBitCast(value, to: UInt32.self)))
        } else if T.self == UInt64.self {
            integer(unsafeBitCast(value, to: UInt64.self))
        } else if T.self == UInt128.self {
            integer(isNegative: false, unsafeBitCast(value, to: UInt128.self))
        } else if T.self == Int128.self {
            let value = unsafeBitCast(value, to: Int128.self)
            integer(isNegative: value < 0, UInt128(bitPattern: value < 0 ? ~value : value))
        } else if T.self == [UInt8].self {
            byteString(unsafeBitCast(value, to: [UInt8].self))
        } else if T.self == [Int].self {
            array(unsafeBitCast(value, to: [Int].self)) { self.integer(Int64($0)) }
        } else if T.self == [Double].self {
            array(unsafeBitCast(value, to: [Double].self)) { self.double($0) }
        } else if T.self == [String].self {
            array(unsafeBitCast(value, to: [String].self)) { self.text($0) }
        } else {
            return false
        }
        return true
    }

    @inline(__always)
    private func array<E>(_ values: [E], _ write: (E) -> Void) {
        head(CBORMajor.array, UInt64(values.count))
        for value in values { write(value) }
    }
}

extension CBORReader {
    /// Whether a type is in the list: an optional of a type that is not known to the compiler takes longer than to look here.
    @inline(__always)
    static func isKnown<T>(_ type: T.Type) -> Bool {
        if T.self == String.self || T.self == Int.self || T.self == Double.self || T.self == Bool.self || T.self == Float.self {
            return true
        }
        if T.self == Int8.self || T.self == Int16.self || T.self == Int32.self || T.self == Int64.self || T.self == Int128.self {
            return true
        }
        if T.self == UInt.self || T.self == UInt8.self || T.self == UInt16.self || T.self == UInt32.self { return true }
        if T.self == UInt64.self || T.self == UInt128.self { return true }
        return T.self == [UInt8].self || T.self == [Int].self || T.self == [Double].self || T.self == [String].self
    }

    /// Reads a value of a type in the list; `nil` for any other type.
    @inline(__always)
    func known<T>(_ type: T.Type, at offset: Int) throws(CBORFault) -> T? {
        if T.self == String.self { return unsafeBitCast(try text(at: offset), to: T.self) }
        if T.self == Int.self { return unsafeBitCast(try integer(at: offset) as Int, to: T.self) }
        if T.self == Double.self { return unsafeBitCast(try double(at: offset), to: T.self) }
        if T.self == Bool.self { return unsafeBitCast(try bool(at: offset), to: T.self) }
        return try others(type, at: offset)
    }

    @inline(__always)
    private func others<T>(_ type: T.Type, at offset: Int) throws(CBORFault) -> T? {
        if T.self == Float.self { return unsafeBitCast(try float(at: offset), to: T.self) }
        if T.self == Int8.self { return unsafeBitCast(try integer(at: offset) as Int8, to: T.self) }
        if T.self == Int16.self { return unsafeBitCast(try integer(at: offset) as Int16, to: T.self) }
        if T.self == Int32.self { return unsafeBitCast(try integer(at: offset) as Int32, to: T.self) }
        if T.self == Int64.self { return unsafeBitCast(try integer(at: offset) as Int64, to: T.self) }
        if T.self == UInt.self { return unsafeBitCast(try integer(at: offset) as UInt, to: T.self) }
        if T.self == UInt8.self { return unsafeBitCast(try integer(at: offset) as UInt8, to: T.self) }
        if T.self == UInt16.self { return unsafeBitCast(try integer(at: offset) as UInt16, to: T.self) }
        if T.self == UInt32.self { return unsafeBitCast(try integer(at: offset) as UInt32, to: T.self) }
        if T.self == UInt64.self { return unsafeBitCast(try integer(at: offset) as UInt64, to: T.self) }
        if T.self == UInt128.self { return unsafeBitCast(try integer(at: offset) as UInt128, to: T.self) }
        if T.self == Int128.self { return unsafeBitCast(try integer(at: offset) as Int128, to: T.self) }
        if T.self == [UInt8].self { return unsafeBitCast(try byteString(at: offset), to: T?.self) }
        if T.self == [Int].self {
            return unsafeBitCast(array(at: offset) { at throws(CBORFault) in try self.integer(at: at) as Int }, to: T?.self)
        }
        if T.self == [Double].self {
            return unsafeBitCast(array(at: offset) { at throws(CBORFault) in try self.double(at: at) }, to: T?.self)
        }
        if T.self == [String].self {
            return unsafeBitCast(array(at: offset) { at throws(CBORFault) in try self.text(at: at) }, to: T?.self)
        }
        return nil
    }

    /// The elements of an array whose count is in its header; `nil` for anything else, and for an element that is something else:
    /// the long way says which one.
    @inline(__always)
    private func array<E>(at offset: Int, _ read: (Int) throws(CBORFault) -> E) -> [E]? {
        guard let head = try? head(at: offset), head.major == CBORMajor.array, !head.isIndefinite, head.argument <= bytes.count - head.next
        else { return nil }
        var values: [E] = []
        values.reserveCapacity(Int(head.argument))
        var next = head.next
        for _ in 0..<head.argument {
            guard let value = try? read(next), let end = try? skip(from: next) else { return nil }
            values.append(value)
            next = end
        }
        return values
    }
}
