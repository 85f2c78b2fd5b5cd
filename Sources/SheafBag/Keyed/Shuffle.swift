public import SheafCore

/// The map side of a shuffle for one partition: its elements, by the partition they go to.
@usableFromInline
final class ShuffleOutput<Element: Sendable>: SelfSpilling, MemorySized, Sendable {
    @usableFromInline let buckets: [Blocks<Element>]

    @usableFromInline init(_ buckets: [Blocks<Element>]) { self.buckets = buckets }

    @usableFromInline var memoryByteCount: Int { buckets.reduce(64) { $0 + $1.memoryByteCount } }

    @usableFromInline
    func spill(to file: SpillFile) throws -> Int { try buckets.reduce(0) { $0 + (try $1.spill(to: file)) } }
}

extension ShuffleOutput: SpillCodable {
    @usableFromInline
    func spill(to bytes: inout [UInt8]) throws {
        let elements = try ValueCodec<[Element]>.required("an element")
        appendCount(buckets.count, to: &bytes)
        for bucket in buckets { try bucket.write(to: &bytes, elements) }
    }

    @usableFromInline
    convenience init(spilled reader: inout SpillReader) throws {
        let elements = try ValueCodec<[Element]>.required("an element")
        self.init(try (0..<(try reader.count())).map { _ in try Blocks(reading: &reader, elements) })
    }
}

/// Distributes elements over buckets.
@usableFromInline
final class ShuffleWriter<Element: Sendable> {
    @usableFromInline let writers: UnsafeMutableBufferPointer<BlockWriter<Element>>

    @inlinable
    init(buckets: Int, _ resources: TaskResources) {
        // All open blocks of a task together should stay within a few megabytes.
        let blockBytes = max(1 << 10, min(1 << 16, (4 << 20) / buckets))
        writers = .allocate(capacity: buckets)
        for index in 0..<buckets {
            (writers.baseAddress! + index).initialize(to: BlockWriter(resources, blockBytes: blockBytes))
        }
    }

    @inlinable
    deinit {
        for index in writers.indices { writers[index].abandon() }
        writers.deinitialize()
        writers.deallocate()
    }

    @inlinable @inline(__always)
    func append(_ element: Element, to bucket: Int) throws { try writers[bucket].append(element) }

    @inlinable
    func finish() throws -> ShuffleOutput<Element> {
        var outputs: [Blocks<Element>] = []
        outputs.reserveCapacity(writers.count)
        for index in writers.indices { outputs.append(try writers[index].finishInPlace()) }
        return ShuffleOutput(outputs)
    }
}

/// The bucket of a hash: its upper bits, which the tables' slots do not use.
@inlinable @inline(__always)
func bucket(of hash: UInt64, among count: Int) -> Int {
    Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(truncatingIfNeeded: count)).high)
}

extension BagLowering {
    /// How many partitions a shuffle makes when the caller does not say: enough that a partition fits a worker's share of the memory.
    @usableFromInline
    func shufflePartitions<T>(_ inputs: [Partition<T>], asked: Int?) throws -> Int {
        if let asked {
            guard asked > 0 else {
                throw PlanError(.invalidArgument, "a shuffle into \(asked) partitions", hint: "ask for one or more, or leave it out")
            }
            return asked
        }
        let bytes = inputs.reduce(0) { $0 + $1.bytes }
        let share = max(memory / (workers * 6), 1 << 20)
        return max(min(inputs.count, workers * 4), (bytes * 2 + share - 1) / share, 1)
    }

    /// Adds the map side of a shuffle: one task for each input partition, made once however many bags use it.
    @inlinable
    func shuffled<Element, Out>(
        _ stage: SharedStage, _ inputs: [Partition<Element>], into buckets: Int, _ operation: Operation, location: SourceLocation,
        _ write: @escaping @Sendable (TaskScope, Int, Partition<Element>.Iterate, ShuffleWriter<Out>) throws -> Void
    ) -> [Graph.Argument] {
        once(stage) {
            consume(inputs, operation, location: location, resultBytes: { $0 }) { scope, index, iterate in
                let writer = ShuffleWriter<Out>(buckets: buckets, scope.resources)
                try write(scope, index, iterate, writer)
                return try writer.finish()
            }
        }.map { .node($0) }
    }

    /// One partition for each bucket; each reads its bucket of every map task's output.
    @inlinable
    func reduceSide<Out, Result>(
        _ maps: [Graph.Argument], buckets: Int, bytes: Int, _ operation: Operation,
        _ reduce: @escaping @Sendable (BucketReader<Out>, (Result) throws -> Void) throws -> Void
    ) -> [Partition<Result>] {
        let count = maps.count
        return (0..<buckets).map { bucket in
            Partition(arguments: maps, operations: [operation], bytes: bytes / buckets) { scope, base, body in
                try reduce(BucketReader(scope: scope, base: base, count: count, bucket: bucket), body)
            }
        }
    }
}

/// Reads one bucket of all map outputs of a shuffle.
@usableFromInline
struct BucketReader<Element: Sendable> {
    @usableFromInline let scope: TaskScope
    @usableFromInline let base: Int
    @usableFromInline let count: Int
    @usableFromInline let bucket: Int

    @inlinable
    init(scope: TaskScope, base: Int, count: Int, bucket: Int) {
        self.scope = scope
        self.base = base
        self.count = count
        self.bucket = bucket
    }

    /// Elements in the order of the map partitions, and within one in the order in which they were written.
    @inlinable
    func forEach(_ body: (Element) throws -> Void) throws {
        for index in 0..<count {
            try scope.checkCancellation()
            let output: ShuffleOutput<Element> = scope.argument(base + index)
            try output.buckets[bucket].forEach(body)
        }
    }

    @inlinable var elementCount: Int {
        (0..<count).reduce(0) { $0 + (scope.argument(base + $1, as: ShuffleOutput<Element>.self)).buckets[bucket].count }
    }
}
