/// A column of values of one type, or a range of one.
///
/// The values lie in buffers that somebody else may own: another library, a mapped file. They are not copied, and they live as long as
/// any column, slice or view of them. A column never changes, and may be read by several threads at once.
public struct ArrowColumn: Sendable {
    @usableFromInline let storage: ColumnStorage
    /// The first slot of the buffers that belongs to the column.
    @usableFromInline let offset: Int
    /// The number of values, nulls included.
    public let count: Int
    /// The number of nulls where its maker said, otherwise nil.
    let knownNullCount: Int?

    init(_ storage: ColumnStorage, offset: Int = 0, count: Int? = nil, nullCount: Int? = nil) {
        self.storage = storage
        self.offset = offset
        self.count = count ?? storage.length - offset
        self.knownNullCount = storage.layout == .none ? self.count : storage.validity == nil ? 0 : nullCount
    }

    public var type: ArrowType { storage.type }

    /// The bytes of memory that its values take; a part of the buffers that it shows counts in proportion.
    /// - Complexity: O(1), or O(children)
    public var byteCount: Int {
        var bytes = storage.buffers.reduce(storage.validityBuffer?.byteCount ?? 0) { $0 + $1.byteCount }
        bytes += storage.children.reduce(storage.dictionary?.byteCount ?? 0) { $0 + $1.byteCount }
        // Not as a product first, which a long column would let overflow.
        return count >= storage.length ? bytes : Int(Double(bytes) * Double(count) / Double(storage.length))
    }

    /// The number of nulls.
    /// - Complexity: O(1) where the column's maker said it, otherwise O(count / 64).
    public var nullCount: Int {
        if let knownNullCount { return knownNullCount }
        guard let validity = storage.validity else { return 0 }
        return count - withExtendedLifetime(storage) { Bits.countOnes(UnsafeRawPointer(validity), offset: offset, count: count) }
    }

    /// Whether the value at `index`, from 0, is null.
    @inlinable public func isNull(at index: Int) -> Bool {
        precondition(index >= 0 && index < count, "index out of range")
        return isNullUnchecked(index)
    }

    @inlinable func isNullUnchecked(_ index: Int) -> Bool {
        guard let validity = storage.validity else { return storage.isAllNull }
        return withExtendedLifetime(storage) { !Bits.isSet(validity, offset &+ index) }
    }

    /// The values of a range, counted from the column's first; nothing is copied.
    /// - Complexity: O(1)
    public subscript(range: Range<Int>) -> ArrowColumn {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range out of bounds")
        let whole = range.count == count || knownNullCount == 0
        return ArrowColumn(storage, offset: offset + range.lowerBound, count: range.count, nullCount: whole ? knownNullCount : nil)
    }
}

// Nested columns.
extension ArrowColumn {
    /// The number of child columns: 1 for lists and maps, as many as there are fields for structs, otherwise 0.
    public var childCount: Int { storage.children.count }

    /// A struct's field, row for row; of lists and maps the items of all rows, to which ``range(at:)`` refers.
    public func child(_ index: Int) -> ArrowColumn {
        let child = storage.children[index]
        return storage.layout == .structure ? child[offset..<offset + count] : child
    }

    /// A struct's field by its name, nil if there is none.
    /// - Complexity: O(fields)
    public func child(named name: String) -> ArrowColumn? {
        guard case .struct(let fields) = type, let index = fields.firstIndex(where: { $0.name == name }) else { return nil }
        return child(index)
    }

    /// Where in the child column the items of row `index` lie; empty for null rows and for types that are no lists.
    public func range(at index: Int) -> Range<Int> {
        guard !isNull(at: index) else { return 0..<0 }
        let slot = offset + index
        switch storage.layout {
        case .list(let wide):
            return withExtendedLifetime(storage) { storage.valueOffset(slot, wide: wide)..<storage.valueOffset(slot + 1, wide: wide) }
        case .fixedList(let count): return slot * count..<(slot + 1) * count
        default: return 0..<0
        }
    }

    /// The items of row `index` of a list or map; nil if the row is null or the type no list.
    /// - Complexity: O(1)
    public func list(at index: Int) -> ArrowColumn? {
        switch storage.layout {
        case .list, .fixedList: isNull(at: index) ? nil : child(0)[range(at: index)]
        default: nil
        }
    }

    /// The distinct values of a dictionary-encoded column, otherwise nil.
    public var dictionary: ArrowColumn? { storage.dictionary }

    /// A dictionary-encoded column's integers that point into ``dictionary``, otherwise nil; nothing is copied.
    public var dictionaryIndices: ArrowColumn? {
        guard case .dictionary(let index, _, _) = type else { return nil }
        let storage = ColumnStorage(type: index, length: storage.length, validity: storage.validityBuffer, buffers: storage.buffers)
        return ArrowColumn(storage, offset: offset, count: count, nullCount: knownNullCount)
    }

    /// Which of the ``dictionary``'s values row `index` has; nil for null rows and for columns without a dictionary.
    @inlinable public func dictionaryIndex(at index: Int) -> Int? {
        guard storage.dictionary != nil, !isNull(at: index) else { return nil }
        return integer(ofSlot: offset + index)
    }

    /// The integer in a slot of an integer column, which must fit into an `Int`.
    @usableFromInline func integer(ofSlot slot: Int) -> Int {
        let type: ArrowType = if case .dictionary(let index, _, _) = storage.type { index } else { storage.type }
        let values = storage.values
        return withExtendedLifetime(storage) {
            switch type {
            case .int8: Int(values.load(fromByteOffset: slot, as: Int8.self))
            case .uint8: Int(values.load(fromByteOffset: slot, as: UInt8.self))
            case .int16: Int(values.load(fromByteOffset: slot * 2, as: Int16.self))
            case .uint16: Int(values.load(fromByteOffset: slot * 2, as: UInt16.self))
            case .int32: Int(values.load(fromByteOffset: slot * 4, as: Int32.self))
            case .uint32: Int(values.load(fromByteOffset: slot * 4, as: UInt32.self))
            case .uint64: Int(truncatingIfNeeded: values.load(fromByteOffset: slot * 8, as: UInt64.self))
            default: Int(values.load(fromByteOffset: slot * 8, as: Int64.self))
            }
        }
    }
}

// Columns made of others.
extension ArrowColumn {
    /// A struct column whose fields are the given columns, all of one length.
    ///
    /// - Parameter validity: False for the rows that are null; nil if none is.
    /// - Throws: ``ArrowError`` (`.invalidArgument`) if lengths differ.
    public init(structOf fields: [(name: String, column: ArrowColumn)], validity: [Bool]? = nil) throws(ArrowError) {
        let count = fields.first?.column.count ?? validity?.count ?? 0
        for field in fields where field.column.count != count {
            throw ArrowError(
                .invalidArgument, "the struct's fields have \(count) and \(field.column.count) rows; they need equally many",
                field: field.name)
        }
        let type = ArrowType.struct(fields.map { ArrowField($0.name, $0.column.type) })
        let bits = try ArrowColumn.validity(validity, count: count)
        self.init(ColumnStorage(type: type, length: count, validity: bits, children: fields.map(\.column)))
    }

    /// Lists with 32-bit offsets: the row `i` has the next `lengths[i]` of the items.
    ///
    /// - Parameter validity: False for the rows that are null; nil if none is.
    /// - Throws: ``ArrowError`` (`.invalidArgument`) if the lengths do not add up to the number of items.
    public init(listOf items: ArrowColumn, lengths: [Int], validity: [Bool]? = nil) throws(ArrowError) {
        var offsets = [Int32(0)]
        offsets.reserveCapacity(lengths.count + 1)
        var end = 0
        for length in lengths {
            end += length
            guard length >= 0, end <= items.count, let offset = Int32(exactly: end) else {
                throw ArrowError(.invalidArgument, "list lengths go beyond the \(items.count) items, or below zero, or above 2^31")
            }
            offsets.append(offset)
        }
        guard end == items.count else {
            throw ArrowError(.invalidArgument, "the lists have \(end) items by their lengths, and there are \(items.count)")
        }
        let bits = try ArrowColumn.validity(validity, count: lengths.count)
        let buffer = ColumnBuffer(copying: offsets)
        self.init(
            ColumnStorage(type: .list(of: items.type), length: lengths.count, validity: bits, buffers: [buffer], children: [items]))
    }

    /// A dictionary-encoded column: `indices` point into `values`.
    ///
    /// - Throws: ``ArrowError`` (`.invalidArgument`) if the indices are no integers, or outside.
    public init(indices: ArrowColumn, dictionary values: ArrowColumn, isOrdered: Bool = false) throws(ArrowError) {
        guard indices.type.isInteger else {
            throw ArrowError(.invalidArgument, "indices into a dictionary must be integers, and they are \(indices.type)")
        }
        let type = ArrowType.dictionary(index: indices.type, value: values.type, isOrdered: isOrdered)
        let storage = ColumnStorage(
            type: type, length: indices.storage.length, validity: indices.storage.validityBuffer, buffers: indices.storage.buffers,
            dictionary: values)
        self.init(storage, offset: indices.offset, count: indices.count, nullCount: indices.knownNullCount)
        do { try checkIndices() } catch { throw ArrowError(.invalidArgument, error.message) }
    }

    private static func validity(_ flags: [Bool]?, count: Int) throws(ArrowError) -> ColumnBuffer? {
        guard let flags, flags.contains(false) else { return nil }
        guard flags.count == count else {
            throw ArrowError(.invalidArgument, "there are \(flags.count) validity flags for \(count) rows")
        }
        return ColumnBuffer(bits: flags)
    }
}
