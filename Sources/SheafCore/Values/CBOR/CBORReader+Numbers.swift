extension CBORReader {
    /// An integer of any width. A floating-point number is none, even if it is whole.
    @inline(__always)
    func integer<I: FixedWidthInteger>(at offset: Int) throws(CBORFault) -> I {
        let head = try item(at: offset)
        if head.major == CBORMajor.unsigned, let value = I(exactly: head.argument) { return value }
        if head.major == CBORMajor.negative, I.isSigned, let value = I(exactly: head.argument) { return ~value }
        return try rareInteger(head, at: offset)
    }

    private func rareInteger<I: FixedWidthInteger>(_ head: Head, at offset: Int) throws(CBORFault) -> I {
        let (isNegative, argument) = try magnitude(head, at: offset)
        if !isNegative, let value = I(exactly: argument) { return value }
        if isNegative, I.isSigned, let value = I(exactly: argument) { return ~value }
        throw .corrupt("the integer at \(offset) does not fit into \(I.self)")
    }

    /// An integer `n`, or `-1 - n` if it is negative, also as a bignum.
    private func magnitude(_ head: Head, at offset: Int) throws(CBORFault) -> (isNegative: Bool, UInt128) {
        if head.major <= CBORMajor.negative { return (head.major == CBORMajor.negative, UInt128(head.argument)) }
        guard head.major == CBORMajor.tag, head.argument == 2 || head.argument == 3 else { throw mismatch(head) }
        guard let digits = try byteString(at: head.next) else { throw .corrupt("the bignum at \(offset) has no digits") }
        let significant = digits.drop { $0 == 0 }
        guard significant.count <= 16 else { throw .corrupt("the bignum at \(offset) has more than 128 bits") }
        return (head.argument == 3, significant.reduce(0) { $0 << 8 | UInt128($1) })
    }

    /// A floating-point number, or an integer that is one exactly.
    @inline(__always)
    func double(at offset: Int) throws(CBORFault) -> Double {
        let head = try item(at: offset)
        if head.major == CBORMajor.simple, head.info == 27 { return Double(bitPattern: head.argument) }
        return try rareDouble(head, at: offset)
    }

    private func rareDouble(_ head: Head, at offset: Int) throws(CBORFault) -> Double {
        switch (head.major, head.info) {
        case (CBORMajor.simple, 26): return Double(Float(bitPattern: UInt32(truncatingIfNeeded: head.argument)))
        case (CBORMajor.simple, 25): return Self.half(UInt16(truncatingIfNeeded: head.argument))
        case (CBORMajor.simple, _): throw mismatch(head)
        default:
            let (isNegative, argument) = try magnitude(head, at: offset)
            // What is added to a negative one changes nothing in a number so large that it might overflow.
            guard argument < UInt128.max, let value = Double(exactly: isNegative ? argument + 1 : argument) else {
                throw .corrupt("the integer at \(offset) is no Double exactly")
            }
            return isNegative ? -value : value
        }
    }

    /// A floating-point number, rounded if it has more digits.
    func float(at offset: Int) throws(CBORFault) -> Float {
        let head = try item(at: offset)
        if head.major == CBORMajor.simple, head.info == 26 { return Float(bitPattern: UInt32(truncatingIfNeeded: head.argument)) }
        let wide = try double(at: offset), value = Float(wide)
        guard value.isFinite || !wide.isFinite else { throw .corrupt("the number at \(offset) does not fit into Float") }
        return value
    }

    /// A number of 16 bits, whose type not every machine has.
    private static func half(_ bits: UInt16) -> Double {
        let exponent = Int(bits >> 10 & 0x1F), fraction = Double(bits & 0x3FF)
        let magnitude: Double =
            switch exponent {
            case 0: fraction * 0x1p-24
            case 31: fraction == 0 ? .infinity : .nan
            default: Double(sign: .plus, exponent: exponent - 25, significand: fraction + 1024)
            }
        return bits >> 15 == 1 ? -magnitude : magnitude
    }
}
