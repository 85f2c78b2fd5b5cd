public import SheafCore

extension Bag {
    /// Pairs each element with a key.
    @inlinable
    public func keyed<Key: Sendable>(
        fileID: StaticString = #fileID, line: UInt = #line, by key: @escaping @Sendable (Element) throws -> Key
    ) -> Bag<(Key, Element)> {
        mapping(Operation("keyed", closure: SourceLocation(fileID: fileID, line: line))) { (try key($0), $0) }
    }

    /// The keys, in order, repeated ones included.
    @inlinable
    public func keys<Key: Sendable, Value>() -> Bag<Key> where Element == (Key, Value) {
        mapping(Operation("keys")) { $0.0 }
    }

    /// The values, in order.
    @inlinable
    public func values<Key, Value: Sendable>() -> Bag<Value> where Element == (Key, Value) {
        mapping(Operation("values")) { $0.1 }
    }

    /// Applies a closure to each value and keeps the keys.
    @inlinable
    public func mapValues<Key: Sendable, Value, T: Sendable>(
        fileID: StaticString = #fileID, line: UInt = #line, _ transform: @escaping @Sendable (Value) throws -> T
    ) -> Bag<(Key, T)> where Element == (Key, Value) {
        mapping(Operation("mapValues", closure: SourceLocation(fileID: fileID, line: line))) { ($0.0, try transform($0.1)) }
    }

    /// Folds the values of each key into an accumulator that begins with `zero`. Values are folded per partition first, so `zero` has
    /// to be neutral for `merge`.
    @inlinable
    public func aggregateByKey<Key: Hashable & Sendable, Value: Sendable, A: Sendable>(
        _ zero: A, partitions: Int? = nil, fileID: StaticString = #fileID, line: UInt = #line,
        add: @escaping @Sendable (inout A, Value) throws -> Void, merge: @escaping @Sendable (inout A, A) throws -> Void
    ) -> Bag<(Key, A)> where Element == (Key, Value) {
        let location = SourceLocation(fileID: fileID, line: line)
        let reducer = Reducer<Value, A, A>(
            initial: {
                var accumulator = zero
                try add(&accumulator, $0)
                return accumulator
            }, add: add, merge: merge, finish: { $0 })
        return combiningByKey(Operation("aggregateByKey", closure: location), reducer, partitions, location)
    }

    /// Folds the values of each key with an associative, commutative closure, beginning with `zero`, which is neutral for it.
    @inlinable
    public func foldByKey<Key: Hashable & Sendable, Value: Sendable>(
        _ zero: Value, partitions: Int? = nil, fileID: StaticString = #fileID, line: UInt = #line,
        _ combine: @escaping @Sendable (Value, Value) throws -> Value
    ) -> Bag<(Key, Value)> where Element == (Key, Value) {
        let location = SourceLocation(fileID: fileID, line: line)
        let reducer = Reducer<Value, Value, Value>(
            initial: { try combine(zero, $0) }, add: { $0 = try combine($0, $1) }, merge: { $0 = try combine($0, $1) }, finish: { $0 })
        return combiningByKey(Operation("foldByKey", closure: location), reducer, partitions, location)
    }

    /// All values of each key. The values of one key have to fit in memory; where a reduction is the aim, `reduceByKey` exchanges
    /// far less.
    @inlinable
    public func groupByKey<Key: Hashable & Sendable, Value: Sendable>(
        partitions: Int? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Bag<(Key, [Value])> where Element == (Key, Value) {
        let location = SourceLocation(fileID: fileID, line: line), stage = SharedStage()
        return Bag<(Key, [Value])>(session: session) { [lower] lowering in
            let inputs = try lower(lowering)
            let buckets = try lowering.shufflePartitions(inputs, asked: partitions)
            let maps = lowering.hashPartitioned(stage, inputs, into: buckets, Operation("groupByKey"), location)
            return lowering.reduceSide(maps, buckets: buckets, bytes: inputs.reduce(0) { $0 + $1.bytes }, Operation("group")) {
                (reader: BucketReader<(Key, Value)>, body: ((Key, [Value])) throws -> Void) in
                let groups = try Groups(reader)
                try groups.forEach { key, values in try body((key, values)) }
            }
        }
    }

    /// The values of one key. Runs the plan; only the key's values leave the engine.
    @inlinable
    public func lookup<Key: Hashable & Sendable, Value: Sendable>(
        _ key: Key, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> [Value] where Element == (Key, Value) {
        try await compactMapping(Operation("lookup")) { $0.0 == key ? $0.1 : nil }.collect(fileID: fileID, line: line)
    }

    /// Moves each element to the partition that its key's hash names, so that all values of a key lie together.
    @inlinable
    public func partitionBy<Key: Hashable & Sendable, Value: Sendable>(
        _ partitions: Int, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Bag<(Key, Value)> where Element == (Key, Value) {
        let location = SourceLocation(fileID: fileID, line: line), stage = SharedStage()
        return Bag(session: session) { [lower] lowering in
            let inputs = try lower(lowering)
            let buckets = try lowering.shufflePartitions(inputs, asked: partitions)
            let maps = lowering.hashPartitioned(stage, inputs, into: buckets, Operation("partitionBy"), location)
            return lowering.reduceSide(maps, buckets: buckets, bytes: inputs.reduce(0) { $0 + $1.bytes }, Operation("merge")) {
                (reader: BucketReader<(Key, Value)>, body: ((Key, Value)) throws -> Void) in
                try reader.forEach(body)
            }
        }
    }
}

extension BagLowering {
    /// The map side of a shuffle by the hash of the key, without combining.
    @inlinable
    func hashPartitioned<Key: Hashable & Sendable, Value: Sendable>(
        _ stage: SharedStage, _ inputs: [Partition<(Key, Value)>], into buckets: Int, _ operation: Operation, _ location: SourceLocation
    ) -> [Graph.Argument] {
        shuffled(stage, inputs, into: buckets, operation, location: location) {
            (scope, _, iterate, writer: ShuffleWriter<(Key, Value)>) in
            try iterate(scope, 0) { try writer.append($0, to: bucket(of: stableHash($0.0), among: buckets)) }
        }
    }
}

/// The values of a bucket by key: each key's positions form a chain through one array of values, so grouping allocates per key, not
/// per value.
@usableFromInline
struct Groups<Key: Hashable & Sendable, Value: Sendable> {
    /// First and last position of a key's chain, and its length.
    @usableFromInline typealias Chain = (first: Int, last: Int, count: Int)

    @usableFromInline let index: TableBox<Key, Chain>
    @usableFromInline var values: [Value] = []
    @usableFromInline var next: [Int] = []

    @inlinable
    init(_ reader: BucketReader<(Key, Value)>) throws {
        index = TableBox()
        values.reserveCapacity(reader.elementCount)
        next.reserveCapacity(reader.elementCount)
        try reader.forEach { add($0.0, $0.1) }
    }

    /// No groups.
    init() { index = TableBox() }

    /// Each value with its key; those of a key in their order.
    func forEachPair(_ body: (Key, Value) throws -> Void) throws {
        try index.table.forEach { key, chain in
            var position = chain.first
            while position >= 0 {
                try body(key, values[position])
                position = next[position]
            }
        }
    }

    @inlinable
    mutating func add(_ key: Key, _ value: Value) {
        let position = values.count
        values.append(value)
        next.append(-1)
        index.table.fold(key, position, initial: { ($0, $0, 1) }) { chain, position in
            next[chain.last] = position
            chain.last = position
            chain.count += 1
        }
    }

    @inlinable
    func forEach(_ body: (Key, [Value]) throws -> Void) rethrows {
        try index.table.forEach { key, chain in try body(key, values(chain)) }
    }

    @inlinable
    func values(_ chain: Chain) -> [Value] {
        var list: [Value] = []
        list.reserveCapacity(chain.count)
        var position = chain.first
        while position >= 0 {
            list.append(values[position])
            position = next[position]
        }
        return list
    }

    /// Calls the body for each value of a key, and says whether there was any.
    @inlinable
    func matches(_ key: Key, _ body: (Value) throws -> Void) rethrows -> Bool {
        guard let chain = index.table.find(key) else { return false }
        var position = chain.first
        while position >= 0 {
            try body(values[position])
            position = next[position]
        }
        return true
    }
}
