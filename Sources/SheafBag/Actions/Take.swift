public import SheafCore

extension Bag {
    /// The first `count` elements. Runs a few partitions at first, and more only when those do not hold enough.
    @inlinable
    public func take(_ count: Int, fileID: StaticString = #fileID, line: UInt = #line) async throws -> [Element] {
        let location = SourceLocation(fileID: fileID, line: line)
        var taken: [Element] = []
        var next = 0, width = 1
        while taken.count < count {
            let wanted = count - taken.count, start = next, end = next + width
            var isLast = false
            let values = try await session.runBag("take") { lowering in
                let partitions = try lower(lowering)
                isLast = end >= partitions.count
                guard start < partitions.count else { return [] }
                return lowering.consume(
                    Array(partitions[start..<Swift.min(end, partitions.count)]), Operation("take"), location: location
                ) { scope, _, iterate in
                    var elements: [Element] = []
                    do {
                        try iterate(scope, 0) { element in
                            elements.append(element)
                            if elements.count == wanted { throw EnoughElements() }
                        }
                    } catch is EnoughElements {}
                    return elements
                }
            }
            for value in values {
                taken.append(contentsOf: unsafeDowncast(value, to: TypedValue<[Element]>.self).value.prefix(count - taken.count))
            }
            if isLast { break }
            next = end
            width = Swift.max(width * 4, session.options.workers)
        }
        return taken
    }

    /// The first element, or `nil`.
    @inlinable
    public func first(fileID: StaticString = #fileID, line: UInt = #line) async throws -> Element? {
        try await take(1, fileID: fileID, line: line).first
    }

    /// The `count` elements that come first in the given order, in that order. Keeps at most twice as many for each partition.
    @inlinable
    public func takeOrdered(
        _ count: Int, fileID: StaticString = #fileID, line: UInt = #line,
        by areInIncreasingOrder: @escaping @Sendable (Element, Element) throws -> Bool
    ) async throws -> [Element] {
        let location = SourceLocation(fileID: fileID, line: line)
        return try await smallest(count, Operation("takeOrdered", closure: location), location, areInIncreasingOrder)
    }

    @inlinable
    func smallest(
        _ count: Int, _ operation: Operation, _ location: SourceLocation,
        _ areInIncreasingOrder: @escaping @Sendable (Element, Element) throws -> Bool
    ) async throws -> [Element] {
        guard count > 0 else { return [] }
        let kept = try await folding(Smallest<Element>(), operation, location) { smallest, element in
            try smallest.add(element, count, areInIncreasingOrder)
        } merge: { smallest, other in
            for element in other.elements { try smallest.add(element, count, areInIncreasingOrder) }
        }
        return try Array(kept.elements.sorted(by: areInIncreasingOrder).prefix(count))
    }

    /// The `count` smallest elements, ascending.
    @inlinable
    public func takeOrdered(_ count: Int, fileID: StaticString = #fileID, line: UInt = #line) async throws -> [Element]
    where Element: Comparable & SendableMetatype {
        try await smallest(count, Operation("takeOrdered"), SourceLocation(fileID: fileID, line: line)) { isOrdered($0, before: $1) }
    }

    /// The `count` largest elements, descending.
    @inlinable
    public func top(_ count: Int, fileID: StaticString = #fileID, line: UInt = #line) async throws -> [Element]
    where Element: Comparable & SendableMetatype {
        try await smallest(count, Operation("top"), SourceLocation(fileID: fileID, line: line)) { isOrdered($1, before: $0) }
    }

    /// The `count` elements with the largest keys, descending.
    @inlinable
    public func top<Key: Comparable & SendableMetatype>(
        _ count: Int, fileID: StaticString = #fileID, line: UInt = #line, by key: @escaping @Sendable (Element) throws -> Key
    ) async throws -> [Element] {
        let location = SourceLocation(fileID: fileID, line: line)
        return try await smallest(count, Operation("top", closure: location), location) { isOrdered(try key($1), before: try key($0)) }
    }
}

/// Ends a loop over a partition early.
@usableFromInline
struct EnoughElements: Error {
    @usableFromInline init() {}
}

/// The smallest elements seen: a buffer of up to twice as many, sorted and cut when it is full, so the cost per element is
/// O(log count) amortised, and one comparison for an element that is larger than all kept.
@usableFromInline
struct Smallest<Element: Sendable>: Sendable {
    @usableFromInline var elements: [Element] = []
    /// The largest of the kept ones after the last cut.
    @usableFromInline var bound: Element?

    @inlinable init() {}

    @inlinable
    mutating func add(_ element: Element, _ count: Int, _ less: (Element, Element) throws -> Bool) rethrows {
        if let bound, try !less(element, bound) { return }
        elements.append(element)
        if elements.count / 2 >= count {
            try elements.sort(by: less)
            elements.removeLast(elements.count - count)
            bound = elements.last
        }
    }
}
