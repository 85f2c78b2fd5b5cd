extension ArrowColumn {
    /// The texts of a column of any of the three text types, or of a dictionary of such.
    ///
    /// - Throws: ``ArrowError`` (`.typeMismatch`) if the column has no text.
    public func strings() throws(ArrowError) -> ArrowStrings {
        let values = dictionary ?? self
        guard values.type.isText else { throw ArrowError(.typeMismatch, "a column of \(type) cannot be read as String") }
        return ArrowStrings(self, values: values)
    }

    /// The bytes of a column of any binary type, of text, or of a dictionary of such.
    ///
    /// - Throws: ``ArrowError`` (`.typeMismatch`) if the column has none.
    public func byteStrings() throws(ArrowError) -> ArrowByteStrings {
        let values = dictionary ?? self
        switch values.type {
        case .utf8, .largeUtf8, .utf8View, .binary, .largeBinary, .binaryView, .fixedSizeBinary: break
        default: throw ArrowError(.typeMismatch, "a column of \(type) cannot be read as bytes")
        }
        return ArrowByteStrings(self, values: values)
    }

    /// The text of row `index`, nil if it is null or the column has no text.
    ///
    /// For loops, ``strings()`` is faster.
    public func string(at index: Int) -> String? {
        let values = dictionary ?? self
        return values.type.isText ? ArrowStrings(self, values: values)[index] : nil
    }
}

/// The texts of a column; nil where they are null. What is not UTF-8 is repaired, as `String(decoding:as:)` does.
public struct ArrowStrings: RandomAccessCollection, Sendable {
    @usableFromInline let bytes: ArrowByteStrings

    init(_ column: ArrowColumn, values: ArrowColumn) { bytes = ArrowByteStrings(column, values: values) }

    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { bytes.endIndex }
    /// The number of rows that are null themselves; those that refer to a null in a dictionary are not counted.
    public var nullCount: Int { bytes.nullCount }

    @inlinable public func isNull(at index: Int) -> Bool { bytes.isNull(at: index) }

    @inlinable public subscript(index: Int) -> String? {
        guard let slot = bytes.slot(index) else { return nil }
        return withExtendedLifetime(bytes.values) { String(decoding: bytes.values.bytes(ofSlot: slot), as: UTF8.self) }
    }

    /// Calls `body` with the UTF-8 of row `index`, in place; returns nil if it is null.
    @inlinable public func withUTF8<Result>(at index: Int, _ body: (Span<UInt8>) throws -> Result) rethrows -> Result? {
        try bytes.withBytes(at: index, body)
    }
}

/// The byte strings of a column; nil where they are null.
public struct ArrowByteStrings: RandomAccessCollection, Sendable {
    @usableFromInline let column: ArrowColumn
    /// Where the bytes are: the column's own storage or its dictionary's.
    @usableFromInline let values: ColumnStorage
    @usableFromInline let dictionary: ArrowColumn?

    init(_ column: ArrowColumn, values: ArrowColumn) {
        self.column = column
        self.values = values.storage
        self.dictionary = column.dictionary
    }

    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { column.count }
    /// The number of rows that are null themselves; those that refer to a null in a dictionary are not counted.
    public var nullCount: Int { column.nullCount }

    @inlinable public func isNull(at index: Int) -> Bool { slot(index) == nil }

    @inlinable public subscript(index: Int) -> [UInt8]? {
        guard let slot = slot(index) else { return nil }
        return withExtendedLifetime(values) { [UInt8](values.bytes(ofSlot: slot)) }
    }

    /// Calls `body` with the bytes of row `index`, in place; returns nil if it is null.
    @inlinable public func withBytes<Result>(at index: Int, _ body: (Span<UInt8>) throws -> Result) rethrows -> Result? {
        guard let slot = slot(index) else { return nil }
        return try withExtendedLifetime(values) {
            let bytes = values.bytes(ofSlot: slot)
            return try body(UnsafeBufferPointer(start: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), count: bytes.count).span)
        }
    }

    /// Where in the values row `index` lies; nil if it is null.
    @inlinable func slot(_ index: Int) -> Int? {
        guard !column.isNull(at: index) else { return nil }
        guard let dictionary else { return column.offset &+ index }
        let place = column.integer(ofSlot: column.offset &+ index)
        return dictionary.isNull(at: place) ? nil : dictionary.offset &+ place
    }
}
