public import SheafCore

// Operations on partitions as wholes.

extension Bag {
    /// Hands each partition's elements to a closure as an array, and goes on with what it returns.
    @inlinable
    public func mapPartitions<S: Sequence & SendableMetatype>(
        fileID: StaticString = #fileID, line: UInt = #line, _ transform: @escaping @Sendable ([Element]) throws -> S
    ) -> Bag<S.Element> where S.Element: Sendable, S.Iterator: SendableMetatype {
        appending(Operation("mapPartitions", closure: SourceLocation(fileID: fileID, line: line))) { partition, _ in
            let iterate = partition.iterate
            return { scope, base, body in
                var elements: [Element] = []
                try iterate(scope, base) { elements.append($0) }
                for item in try transform(elements) { try body(item) }
            }
        }
    }

    /// This bag's elements, then the other's.
    @inlinable
    public func union(_ other: Bag<Element>) -> Bag<Element> {
        Bag(session: session) { [lower] lowering in
            let first = try lower(lowering), second = try other.lower(lowering)
            return first + second
        }
    }

    /// Joins neighbouring partitions until there are at most `partitions`. Moves nothing between tasks.
    @inlinable
    public func coalesce(_ partitions: Int) -> Bag<Element> {
        Bag(session: session) { [lower] lowering in
            let inputs = try lower(lowering)
            guard partitions < inputs.count || partitions <= 0 else { return inputs }
            return try lowering.cut(inputs.count, into: partitions).map { range in
                let group = Array(inputs[range])
                // Neighbours mostly do the same; after a union they may not, and a closure among them has to be known.
                var operations: [Operation] = []
                for (previous, part) in Swift.zip([nil] + group, group) where previous?.operations != part.operations {
                    operations += part.operations
                }
                return Partition(
                    arguments: group.flatMap(\.arguments), operations: operations + [Operation("coalesce")],
                    bytes: group.reduce(0) { $0 + $1.bytes }
                ) { scope, base, body in
                    var base = base
                    for part in group {
                        try part.iterate(scope, base, body)
                        base += part.arguments.count
                    }
                }
            }
        }
    }

    /// Spreads the elements evenly over `partitions`; their order within a partition is not kept.
    @inlinable
    public func repartition(_ partitions: Int, fileID: StaticString = #fileID, line: UInt = #line) -> Bag<Element> {
        let stage = SharedStage(), location = SourceLocation(fileID: fileID, line: line)
        return Bag(session: session) { [lower] lowering in
            let inputs = try lower(lowering)
            let buckets = try lowering.shufflePartitions(inputs, asked: partitions)
            let maps = lowering.shuffled(stage, inputs, into: buckets, Operation("repartition"), location: location) {
                (scope, index, iterate, writer: ShuffleWriter<Element>) in
                // Partitions start at different buckets, so that few elements from many partitions do not all land in the first.
                var next = Int(SplitMix64.mix(UInt64(index)) % UInt64(buckets))
                try iterate(scope, 0) { element in
                    try writer.append(element, to: next)
                    next = next + 1 == buckets ? 0 : next + 1
                }
            }
            return lowering.reduceSide(maps, buckets: buckets, bytes: inputs.reduce(0) { $0 + $1.bytes }, Operation("merge")) {
                (reader: BucketReader<Element>, body: (Element) throws -> Void) in
                try reader.forEach(body)
            }
        }
    }

    /// Each element with its position in the bag, counting from 0. Reads the partitions once more, to count them.
    @inlinable
    public func zipWithIndex(fileID: StaticString = #fileID, line: UInt = #line) -> Bag<(Element, Int)> {
        let stage = SharedStage(), location = SourceLocation(fileID: fileID, line: line)
        return Bag<(Element, Int)>(session: session) { [lower] lowering in
            let inputs = try lower(lowering)
            let offsets = lowering.offsets(stage, inputs, location)
            return inputs.enumerated().map { index, partition in
                let position = partition.arguments.count
                var indexed =
                    partition.appending(Operation("zipWithIndex")) {
                        scope, base, body in
                        var next = scope.argument(base + position, as: [Int].self)[index]
                        try partition.iterate(scope, base) { element in
                            try body((element, next))
                            next += 1
                        }
                    } as Partition<(Element, Int)>
                indexed.arguments.append(offsets)
                return indexed
            }
        }
    }

    /// Pairs of elements at the same position, whatever the partitions; as long as the shorter bag.
    @inlinable
    public func zip<Other>(
        _ other: Bag<Other>, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Bag<(Element, Other)> {
        let counting = SharedStage(), keeping = SharedStage(), location = SourceLocation(fileID: fileID, line: line)
        return Bag<(Element, Other)>(session: session) { [lower] lowering in
            let left = try lower(lowering), right = try other.lower(lowering)
            let offsets = lowering.offsets(counting, left, location)
            let blocks = lowering.materialized(keeping, right, Operation("zip"), location)
            return left.enumerated().map { index, partition in
                let position = partition.arguments.count
                var zipped =
                    partition.appending(Operation("zip")) { scope, base, body in
                        let offset = scope.argument(base + position, as: [Int].self)[index]
                        let parts = (0..<blocks.count).map { scope.argument(base + position + 1 + $0, as: Blocks<Other>.self) }
                        var cursor = BlockCursor(parts, skipping: offset)
                        try partition.iterate(scope, base) { element in
                            if let partner = try cursor.next() { try body((element, partner)) }
                        }
                    } as Partition<(Element, Other)>
                zipped.arguments += [offsets] + blocks
                return zipped
            }
        }
    }

    /// A random part of the bag, without replacement: each element is in it with probability `fraction`.
    ///
    /// The same seed picks the same elements, however the bag is partitioned.
    @inlinable
    public func sample(
        fraction: Double, seed: UInt64? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Bag<Element> {
        let indexed = zipWithIndex(fileID: fileID, line: line)
        return Bag(session: session) { lowering in
            guard fraction >= 0, fraction <= 1 else {
                throw PlanError(.invalidArgument, "a sample of \(fraction) of the elements", hint: "give a fraction between 0 and 1")
            }
            return try indexed.lower(lowering).map { partition in
                partition.appending(Operation("sample"), bytes: Int(Double(partition.bytes) * fraction)) { scope, base, body in
                    let seed = seed ?? scope.resources.seed
                    try partition.iterate(scope, base) { element, index in
                        var random = SplitMix64(seed: seed, stream: index)
                        if Double(random.next() >> 11) * 0x1p-53 < fraction { try body(element) }
                    }
                }
            }
        }
    }

    /// Each element once. Elements are compared with `==`.
    @inlinable
    public func distinct(partitions: Int? = nil, fileID: StaticString = #fileID, line: UInt = #line) -> Bag<Element>
    where Element: Hashable {
        let keyed = mapping(Operation("key")) { ($0, true) }
        let first = Reducer<Bool, Bool, Bool>(name: "first", initial: { $0 }, add: { _, _ in }, merge: { _, _ in }, finish: { $0 })
        return keyed.combiningByKey(Operation("distinct"), first, partitions, SourceLocation(fileID: fileID, line: line))
            .mapping(Operation("keys")) { $0.0 }
    }
}

extension BagLowering {
    /// A node with the position of each partition's first element in the bag.
    @inlinable
    func offsets<Element>(_ stage: SharedStage, _ inputs: [Partition<Element>], _ location: SourceLocation) -> Graph.Argument {
        .node(
            once(stage) {
                let counts = consume(inputs, Operation("count"), location: location, resultBytes: { _ in 8 }) { scope, _, iterate in
                    var count = 0
                    try iterate(scope, 0) { _ in count += 1 }
                    return count
                }
                return [
                    add([Operation("offsets")], arguments: counts.map { .node($0) }, location: location) { scope in
                        var total = 0
                        return TypedValue(
                            (0..<scope.argumentCount).map { index -> Int in
                                defer { total += scope.argument(index, as: Int.self) }
                                return total
                            })
                    }
                ]
            }[0])
    }

    /// One node for each partition, with its elements in ``Blocks``.
    @inlinable
    func materialized<Element>(
        _ stage: SharedStage, _ inputs: [Partition<Element>], _ operation: Operation, _ location: SourceLocation, toDisk: Bool = false
    ) -> [Graph.Argument] {
        once(stage) {
            consume(inputs, operation, location: location, resultBytes: { toDisk ? 0 : $0 }) { scope, _, iterate in
                var writer = BlockWriter<Element>(scope.resources, toDisk: toDisk)
                do {
                    try iterate(scope, 0) { try writer.append($0) }
                } catch {
                    writer.abandon()
                    throw error
                }
                return try writer.finishInPlace()
            }
        }.map { .node($0) }
    }
}

/// Walks through the elements of several ``Blocks``, one block in memory at a time.
@usableFromInline
struct BlockCursor<Element: Sendable> {
    @usableFromInline let parts: [Blocks<Element>]
    @usableFromInline var part = 0
    @usableFromInline var block = 0
    @usableFromInline var elements: [Element] = []
    @usableFromInline var position = 0

    @inlinable
    init(_ parts: [Blocks<Element>], skipping count: Int) {
        self.parts = parts
        var left = count
        while part < parts.count, parts[part].count <= left {
            left -= parts[part].count
            part += 1
        }
        // Within the part, whole blocks are skipped without being read.
        while part < parts.count, block < parts[part].blocks.count, parts[part].blocks[block].count <= left {
            left -= parts[part].blocks[block].count
            block += 1
        }
        position = left
    }

    @inlinable
    mutating func next() throws -> Element? {
        while true {
            if position < elements.count {
                defer { position += 1 }
                return elements[position]
            }
            guard part < parts.count else { return nil }
            guard block < parts[part].blocks.count else {
                part += 1
                block = 0
                continue
            }
            // The first block may begin in the middle; later ones begin at their first element.
            position = elements.isEmpty ? position : 0
            elements = try parts[part].block(block)
            block += 1
        }
    }
}
