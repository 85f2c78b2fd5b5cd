public import SheafCore

extension Bag {
    /// The elements in ascending order of a key; equal ones keep their order. Not-a-numbers count as greater than all numbers.
    ///
    /// Each partition is sorted, the sorted runs are cut at keys found by sampling, and each result partition merges its pieces.
    /// Runs that do not fit in memory go to disk.
    ///
    /// - Parameters:
    ///   - partitions: of the result; as many as the input has when `nil`.
    ///   - key: what to compare. Where `<` contradicts itself the order is unspecified, but no element is lost.
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
        let runStage = SharedStage(), splitStage = SharedStage(), cutStage = SharedStage()
        let cutting = Operation("cut", closure: operation.closureLocation), merging = Operation("merge", closure: operation.closureLocation)
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
                [
                    lowering.add([Operation("splitters")], arguments: runs, location: location) { scope in
                        let samples = (0..<scope.argumentCount).flatMap { scope.argument($0, as: SortedRun<Element, Key>.self).samples }
                        return TypedValue(Splitters(samples.sorted(by: less), parts: count))
                    }
                ]
            }[0]
            let cuts = lowering.once(cutStage) {
                runs.map { run in
                    lowering.add([cutting], arguments: [run, .node(splitters)], location: location) { scope in
                        let run: SortedRun<Element, Key> = scope.argument(0)
                        return TypedValue(try run.cuts(scope.argument(1, as: Splitters<Key>.self), parts: count, key, less))
                    }
                }
            }.map { Graph.Argument.node($0) }
            let bytes = inputs.reduce(0) { $0 + $1.bytes } / count
            return (0..<count).map { part in
                Partition(arguments: runs + cuts, operations: [merging], bytes: bytes) { scope, base, body in
                    var elements: [Element] = []
                    for index in runs.indices {
                        try scope.checkCancellation()
                        let run: SortedRun<Element, Key> = scope.argument(base + index)
                        let cuts = scope.argument(base + runs.count + index, as: [Int].self)
                        try run.append(cuts[part]..<cuts[part + 1], to: &elements)
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
    /// Elements of each block but the last.
    @usableFromInline let blockSize: Int
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
        blockSize = writer.capacity
        blocks = try writer.finishInPlace()
        self.firstKeys = firstKeys
        let step = Swift.max(1, elements.count / Self.samplesPerRun)
        samples = try stride(from: step / 2, to: elements.count, by: step).map { try key(elements[$0]) }
    }

    private init(_ blocks: Blocks<Element>, blockSize: Int, firstKeys: [Key], samples: [Key]) {
        self.blocks = blocks
        self.blockSize = blockSize
        self.firstKeys = firstKeys
        self.samples = samples
    }

    @usableFromInline var memoryByteCount: Int { blocks.memoryByteCount + firstKeys.count * MemoryLayout<Key>.stride }

    @usableFromInline func spill(to file: SpillFile) throws -> Int { try blocks.spill(to: file) }

    /// Where this run is cut: part `i` is what lies from position `i` of the result up to the next. Each element is in exactly one part,
    /// even where `less` is no order.
    @inlinable
    func cuts(
        _ splitters: Splitters<Key>, parts: Int, _ key: (Element) throws -> Key, _ less: (Key, Key) -> Bool
    ) throws -> [Int] {
        var cuts = [0]
        var read: (index: Int, elements: [Element])?
        for splitter in splitters.keys {
            // The place is in the last block that begins before the splitter, or at its end.
            let index = Self.partition(firstKeys) { less($0, splitter) } - 1
            var position = 0
            if index >= 0 {
                if read?.index != index { read = (index, try blocks.block(index)) }
                position = index * blockSize + (try Self.partition(read!.elements) { less(try key($0), splitter) })
            }
            cuts.append(Swift.max(position, cuts.last!))
        }
        cuts.append(contentsOf: repeatElement(blocks.count, count: parts + 1 - cuts.count))
        return cuts
    }

    /// Appends the elements at these positions; only the blocks that hold some are read.
    @inlinable
    func append(_ range: Range<Int>, to elements: inout [Element]) throws {
        var position = range.lowerBound
        while position < range.upperBound {
            let index = position / blockSize, begin = index * blockSize
            let block = try blocks.block(index)
            let end = Swift.min(block.count, range.upperBound - begin)
            elements.append(contentsOf: block[position - begin..<end])
            position = begin + end
        }
    }

    /// The first position whose element is not before, by binary search.
    @inlinable
    static func partition<T>(_ block: [T], _ isBefore: (T) throws -> Bool) rethrows -> Int {
        var low = 0, high = block.count
        while low < high {
            let middle = (low + high) / 2
            if try isBefore(block[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension SortedRun: SpillCodable {
    @usableFromInline
    func spill(to bytes: inout [UInt8]) throws {
        let keys = try ValueCodec<[Key]>.required("a key")
        appendCount(blockSize, to: &bytes)
        try keys.write(firstKeys, &bytes)
        try keys.write(samples, &bytes)
        try blocks.spill(to: &bytes)
    }

    @usableFromInline
    convenience init(spilled reader: inout SpillReader) throws {
        let keys = try ValueCodec<[Key]>.required("a key")
        let blockSize = try reader.count(), firstKeys = try keys.read(&reader), samples = try keys.read(&reader)
        self.init(try Blocks(spilled: &reader), blockSize: blockSize, firstKeys: firstKeys, samples: samples)
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
