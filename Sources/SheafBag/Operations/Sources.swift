public import SheafCore

extension Session {
    /// A bag of a sequence's elements, in order.
    ///
    /// - Parameter partitions: four for each worker, but none empty, when `nil`.
    @inlinable
    public func bag<Element: Sendable>(_ elements: some Sequence<Element>, partitions: Int? = nil) -> Bag<Element> {
        let elements = Array(elements)
        return Bag(session: self) { lowering in
            try lowering.cut(elements.count, into: partitions).map { range in
                Partition(
                    arguments: [lowering.constant(elements[range])], operations: [Operation("sequence")],
                    bytes: range.count * MemoryLayout<Element>.stride
                ) { scope, base, body in
                    let slice: ArraySlice<Element> = scope.argument(base)
                    try scope.forEach(slice, body)
                }
            }
        }
    }

    /// A bag of the integers of a range, which are made where they are used.
    @inlinable
    public func bag(_ range: Range<Int>, partitions: Int? = nil) -> Bag<Int> {
        Bag(session: self) { lowering in
            try lowering.cut(range.count, into: partitions).map { part in
                Partition(
                    arguments: [lowering.constant(range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound)],
                    // No job holds a range as long as memory is wide; the estimate must not overflow when it is added up.
                    operations: [Operation("range")], bytes: min(part.count, 1 << 40) * 8
                ) { scope, base, body in
                    let part: Range<Int> = scope.argument(base)
                    var next = part.lowerBound
                    while next < part.upperBound {
                        try scope.checkCancellation()
                        let stop = part.upperBound - next > TaskScope.checkInterval ? next + TaskScope.checkInterval : part.upperBound
                        while next < stop {
                            try body(next)
                            next += 1
                        }
                    }
                }
            }
        }
    }

    /// A bag whose partitions are delayed values.
    @inlinable
    public func bag<Element>(_ partitions: [Delayed<[Element]>]) async throws -> Bag<Element> {
        let parts = try await compute(partitions)
        return Bag(session: self) { lowering in
            parts.map { part in
                Partition(arguments: [lowering.constant(part)], operations: [Operation("delayed")], bytes: memoryByteCount(of: part)) {
                    scope, base, body in
                    try scope.forEach(scope.argument(base, as: [Element].self)[...], body)
                }
            }
        }
    }
}

extension BagLowering {
    /// Cuts `count` elements into ranges whose lengths differ by at most one.
    @usableFromInline
    func cut(_ count: Int, into asked: Int?) throws -> [Range<Int>] {
        if let asked, asked <= 0 {
            throw PlanError(.invalidArgument, "a bag of \(asked) partitions", hint: "ask for one or more, or leave it out")
        }
        let parts = asked ?? max(1, min(count, workers * 4))
        // Not `count * index / parts`, which overflows for long ranges.
        let (size, longer) = count.quotientAndRemainder(dividingBy: parts)
        return (0..<parts).map { index in
            let start = index * size + min(index, longer)
            return start..<start + size + (index < longer ? 1 : 0)
        }
    }
}

extension TaskScope {
    /// Elements between two looks at whether the run was cancelled: few enough that slow closures are stopped soon. A power of two.
    @inlinable static var checkInterval: Int { 256 }

    /// Calls the body for each element of a source, until the run is cancelled.
    @inlinable @inline(__always)
    package func forEach<Element>(_ elements: ArraySlice<Element>, _ body: (Element) throws -> Void) throws {
        var start = elements.startIndex
        while start < elements.endIndex {
            try checkCancellation()
            let stop = min(start + Self.checkInterval, elements.endIndex)
            for element in elements[start..<stop] { try body(element) }
            start = stop
        }
    }
}
