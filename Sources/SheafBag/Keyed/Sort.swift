public import SheafCore

extension Bag {
    /// The elements in ascending order of a key; equal ones keep their order. Not-a-numbers count as greater than all numbers.
    ///
    /// Each partition is sorted, the sorted runs are cut at keys found by sampling, and each result partition merges its pieces.
    /// Runs that do not fit in memory go to disk.
    ///
    /// - Parameter partitions: of the result; as many as the input has when `nil`.
    /// - Complexity: O(n log n) comparisons.
    @inlinable
    public func sortBy<Key: Comparable & Sendable>(
        descending: Bool = false, partitions: Int? = nil, fileID: StaticString = #fileID, line: UInt = #line,
        _ key: @escaping @Sendable (Element) throws -> Key
    ) -> Bag<Element> {
        let location = SourceLocation(fileID: fileID, line: line)
        return sorting(Operation("sortBy", closure: location), partitions, location, key) {
            descending ? isOrdered($1, before: $0) : isOrdered($0, before: $1)
        }
    }

    /// The elements in ascending order of their keys; equal keys keep their order.
    @inlinable
    public func sortByKey<Key: Comparable & Sendable, Value>(
        descending: Bool = false, partitions: Int? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Bag<(Key, Value)> where Element == (Key, Value) {
        let location = SourceLocation(fileID: fileID, line: line)
        if descending { return sorting(Operation("sortByKey"), partitions, location, { $0.0 }) { isOrdered($1, before: $0) } }
        return sorting(Operation("sortByKey"), partitions, location, { $0.0 }) { isOrdered($0, before: $1) }
    }

    /// The elements in ascending order.
    @inlinable
    public func sorted(partitions: Int? = nil, fileID: StaticString = #fileID, line: UInt = #line) -> Bag<Element>
    where Element: Comparable {
        sorting(Operation("sorted"), partitions, SourceLocation(fileID: fileID, line: line), { $0 }) { isOrdered($0, before: $1) }
    }

    @inlinable
    func sorting<Key: Sendable>(
        _ operation: Operation, _ partitions: Int?, _ location: SourceLocation, _ key: @escaping @Sendable (Element) throws -> Key,
        _ less: @escaping @Sendable (Key, Key) -> Bool
    ) -> Bag<Element> {
        let runStage = SharedStage(), splitStage = SharedStage()
        return Bag(session: session) { [lower] lowering in
            let inputs = try lower(lowering)
            let count = try lowering.shufflePartitions(inputs, asked: partitions)
            let runs = lowering.once(runStage) {
                lowering.consume(inputs, operation, location: location, resultBytes: { $0 }) { scope, _, iterate in
                    var elements: [Element] = []
                    try iterate(scope, 0) { elements.append($0) }
                    try elements.sort { less(try key($0), try key($1)) }
                    return try SortedRun(elements, scope.resources, key)
                }
            }.map { Graph.Argument.node($0) }
            let splitters = lowering.once(splitStage) {
                [lowering.add([Operation("splitters")], arguments: runs, location: location) { scope in
                    let samples = (0..<scope.argumentCount).flatMap { scope.argument($0, as: SortedRun<Element, Key>.self).samples }
                    return TypedValue(Splitters(samples.sorted(by: less), parts: count))
                }]
            }[0]
            let bytes = inputs.reduce(0) { $0 + $1.bytes } / count
            return (0..<count).map { part in
                Partition(arguments: runs + [.node(splitters)], operations: [Operation("merge")], bytes: bytes) { scope, base, body in
                    let range = scope.argument(base + runs.count, as: Splitters<Key>.self)
                    var elements: [Element] = []
                    for index in runs.indices {
                        try scope.checkCancellation()
                        let run: SortedRun<Element, Key> = scope.argument(base + index)
                        try run.append(to: &elements, part, range, key, less)
                    }
                    // The pieces are sorted already; the standard library's sort finds such runs and merges them, keeping the
                    // order of equal elements.
                    try elements.sort { less(try key($0), try key($1)) }
                    for element in elements { try body(element) }
                }
            }
        }
    }
}

/// A sorted partition, with a few keys in memory to find one's way in it.
@usableFromInline
final class SortedRun<Element: Sendable, Key: Sendable>: SelfSpilling, MemorySized, Sendable {
    @usableFromInline let blocks: Blocks<Element>
    /// The first key of each block.
    @usableFromInline let firstKeys: [Key]
    /// Keys at equal distances, at most ``sampleCount``, each standing for as many elements in every run of equal length.
    @usableFromInline let samples: [Key]

    @usableFromInline static var samplesPerRun: Int { 256 }

    @inlinable
    init(_ elements: [Element], _ resources: TaskResources, _ key: (Element) throws -> Key) throws {
        var writer = BlockWriter<Element>(resources)
        var firstKeys: [Key] = []
        do {
            for (index, element) in elements.enumerated() {
                if index % writer.capacity == 0 { firstKeys.append(try key(element)) }
                try writer.append(element)
            }
        } catch {
            writer.abandon()
            throw error
        }
        blocks = try writer.finishInPlace()
        self.firstKeys = firstKeys
        let step = Swift.max(1, elements.count / Self.samplesPerRun)
        samples = try stride(from: step / 2, to: elements.count, by: step).map { try key(elements[$0]) }
    }

    @usableFromInline var memoryByteCount: Int { blocks.memoryByteCount + firstKeys.count * MemoryLayout<Key>.stride }

    @usableFromInline func spill(to file: SpillFile) throws -> Int { try blocks.spill(to: file) }

    /// Appends the elements that belong to a part; only the blocks that can hold some are read.
    @inlinable
    func append(
        to elements: inout [Element], _ part: Int, _ splitters: Splitters<Key>, _ key: (Element) throws -> Key, _ less: (Key, Key) -> Bool
    ) throws {
        let lower = part == 0 ? nil : splitters.keys[safe: part - 1], upper = splitters.keys[safe: part]
        if part > splitters.keys.count { return }
        for index in firstKeys.indices {
            if let upper, !less(firstKeys[index], upper) { break }
            if let lower, index + 1 < firstKeys.count, less(firstKeys[index + 1], lower) { continue }
            let block = try blocks.block(index)
            var start = 0, end = block.count
            if let lower { start = try Self.partition(block) { try less(key($0), lower) } }
            if let upper { end = try Self.partition(block) { try less(key($0), upper) } }
            if start < end { elements.append(contentsOf: block[start..<end]) }
        }
    }

    /// The first position whose element is not before, by binary search.
    @inlinable
    static func partition(_ block: [Element], _ isBefore: (Element) throws -> Bool) rethrows -> Int {
        var low = 0, high = block.count
        while low < high {
            let middle = (low + high) / 2
            if try isBefore(block[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// The keys at which the sorted runs are cut: part `i` holds what is not below `keys[i - 1]` and below `keys[i]`.
@usableFromInline
struct Splitters<Key: Sendable>: Sendable {
    @usableFromInline let keys: [Key]

    @usableFromInline
    init(_ sorted: [Key], parts: Int) {
        keys = sorted.isEmpty ? [] : (1..<max(parts, 1)).map { sorted[sorted.count * $0 / parts] }
    }
}

extension Array {
    @inlinable subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
