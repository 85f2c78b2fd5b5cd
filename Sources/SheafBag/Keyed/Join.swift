public import SheafCore

extension Bag {
    /// For each key of either bag, its values in both.
    @inlinable
    public func cogroup<Key: Hashable & Sendable, Value: Sendable, Other: Sendable>(
        _ other: Bag<(Key, Other)>, partitions: Int? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Bag<(Key, ([Value], [Other]))> where Element == (Key, Value) {
        shufflingWith(other, "cogroup", partitions, SourceLocation(fileID: fileID, line: line)) { left, right, body in
            let a = try Groups(left), b = try Groups(right)
            try a.forEach { key, values in
                try body((key, (values, b.index.table.find(key).map(b.values) ?? [])))
            }
            try b.forEach { key, values in
                if a.index.table.find(key) == nil { try body((key, ([], values))) }
            }
        }
    }

    /// Each pair of values that have the same key in both bags. A small right side is sent to the left's partitions instead of
    /// exchanging both.
    @inlinable
    public func join<Key: Hashable & Sendable, Value: Sendable, Other: Sendable>(
        _ other: Bag<(Key, Other)>, partitions: Int? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Bag<(Key, (Value, Other))> where Element == (Key, Value) {
        matching(other, "join", partitions, SourceLocation(fileID: fileID, line: line)) { key, value, groups, body in
            _ = try groups.matches(key) { try body((key, (value, $0))) }
        }
    }

    /// As ``join(_:partitions:fileID:line:)``, with `nil` for keys that only this bag has.
    @inlinable
    public func leftJoin<Key: Hashable & Sendable, Value: Sendable, Other: Sendable>(
        _ other: Bag<(Key, Other)>, partitions: Int? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Bag<(Key, (Value, Other?))> where Element == (Key, Value) {
        matching(other, "leftJoin", partitions, SourceLocation(fileID: fileID, line: line)) { key, value, groups, body in
            if try !groups.matches(key, { try body((key, (value, $0))) }) { try body((key, (value, nil))) }
        }
    }

    /// As ``join(_:partitions:fileID:line:)``, with `nil` for keys that only the other bag has.
    @inlinable
    public func rightJoin<Key: Hashable & Sendable, Value: Sendable, Other: Sendable>(
        _ other: Bag<(Key, Other)>, partitions: Int? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Bag<(Key, (Value?, Other))> where Element == (Key, Value) {
        other.leftJoin(self, partitions: partitions, fileID: fileID, line: line)
            .mapping(Operation("swap")) { ($0.0, ($0.1.1, $0.1.0)) }
    }

    /// As ``join(_:partitions:fileID:line:)``, with `nil` for whichever side has no such key.
    @inlinable
    public func fullJoin<Key: Hashable & Sendable, Value: Sendable, Other: Sendable>(
        _ other: Bag<(Key, Other)>, partitions: Int? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Bag<(Key, (Value?, Other?))> where Element == (Key, Value) {
        shufflingWith(other, "fullJoin", partitions, SourceLocation(fileID: fileID, line: line)) { left, right, body in
            let a = try Groups(left), b = try Groups(right)
            try a.forEach { key, values in
                for value in values {
                    if try !b.matches(key, { try body((key, (value, $0))) }) { try body((key, (value, nil))) }
                }
            }
            try b.forEach { key, values in
                if a.index.table.find(key) == nil { for value in values { try body((key, (nil, value))) } }
            }
        }
    }

    /// Hands each element of this bag to `emit`, together with the other bag's values by key.
    @inlinable
    func matching<Key: Hashable & Sendable, Value: Sendable, Other: Sendable, Result: Sendable>(
        _ other: Bag<(Key, Other)>, _ name: String, _ partitions: Int?, _ location: SourceLocation,
        _ emit:
            @escaping @Sendable (
                Key, Value, Groups<Key, Other>, ((Key, Result)) throws -> Void
            ) throws -> Void
    ) -> Bag<(Key, Result)> where Element == (Key, Value) {
        let table = SharedStage()
        let shuffled: Bag<(Key, Result)> = shufflingWith(other, name, partitions, location) { left, right, body in
            let groups = try Groups(right)
            try left.forEach { try emit($0.0, $0.1, groups, body) }
        }
        return Bag<(Key, Result)>(session: session) { [lower] lowering in
            let right = try other.lower(lowering)
            guard partitions == nil, lowering.isSmall(right) else { return try shuffled.lower(lowering) }
            let node = lowering.broadcast(table, right, name, location)
            return try lower(lowering).map { partition in
                let position = partition.arguments.count
                var joined =
                    partition.appending(Operation(name)) { scope, base, body in
                        let groups = scope.argument(base + position, as: BroadcastTable<Key, Other>.self).groups
                        try partition.iterate(scope, base) { try emit($0.0, $0.1, groups, body) }
                    } as Partition<(Key, Result)>
                joined.arguments.append(node)
                return joined
            }
        }
    }

    /// Brings the elements of both bags that have the same key to the same task.
    @inlinable
    func shufflingWith<Key: Hashable & Sendable, Value: Sendable, Other: Sendable, Result: Sendable>(
        _ other: Bag<(Key, Other)>, _ name: String, _ partitions: Int?, _ location: SourceLocation,
        _ reduce:
            @escaping @Sendable (
                BucketReader<(Key, Value)>, BucketReader<(Key, Other)>, ((Key, Result)) throws -> Void
            ) throws -> Void
    ) -> Bag<(Key, Result)> where Element == (Key, Value) {
        let leftStage = SharedStage(), rightStage = SharedStage()
        return Bag<(Key, Result)>(session: session) { [lower] lowering in
            let left = try lower(lowering), right = try other.lower(lowering)
            let bytes = left.reduce(0) { $0 + $1.bytes } + right.reduce(0) { $0 + $1.bytes }
            let buckets = Swift.max(
                try lowering.shufflePartitions(left, asked: partitions), try lowering.shufflePartitions(right, asked: partitions))
            let leftMaps = lowering.hashPartitioned(leftStage, left, into: buckets, Operation(name), location)
            let rightMaps = lowering.hashPartitioned(rightStage, right, into: buckets, Operation(name), location)
            return (0..<buckets).map { bucket in
                Partition(arguments: leftMaps + rightMaps, operations: [Operation("match")], bytes: bytes / buckets) { scope, base, body in
                    try reduce(
                        BucketReader(scope: scope, base: base, count: leftMaps.count, bucket: bucket),
                        BucketReader(scope: scope, base: base + leftMaps.count, count: rightMaps.count, bucket: bucket), body)
                }
            }
        }
    }
}

/// The right side of a join, made once and read by all partitions of the left.
@usableFromInline
final class BroadcastTable<Key: Hashable & Sendable, Value: Sendable>: @unchecked Sendable {
    @usableFromInline let groups: Groups<Key, Value>

    @inlinable init(_ groups: Groups<Key, Value>) { self.groups = groups }
}

extension BroadcastTable: SpillCodable {
    @usableFromInline
    func spill(to bytes: inout [UInt8]) throws {
        let pair = try ValueCodec<(Key, Value)>.required("an element")
        appendCount(groups.values.count, to: &bytes)
        try groups.forEachPair { try pair.write(($0, $1), &bytes) }
    }

    @usableFromInline
    convenience init(spilled reader: inout SpillReader) throws {
        let pair = try ValueCodec<(Key, Value)>.required("an element")
        var groups = Groups<Key, Value>()
        for _ in 0..<(try reader.count()) {
            let (key, value) = try pair.read(&reader)
            groups.add(key, value)
        }
        self.init(groups)
    }
}

extension BagLowering {
    /// Whether a side of a join is small enough to be sent to every partition of the other.
    @usableFromInline
    func isSmall<T>(_ partitions: [Partition<T>]) -> Bool {
        let bytes = partitions.reduce(0) { $0 + $1.bytes }
        return !partitions.contains { $0.bytes == 0 } && bytes <= min(32 << 20, memory / 16)
    }

    @inlinable
    func broadcast<Key: Hashable & Sendable, Value: Sendable>(
        _ stage: SharedStage, _ inputs: [Partition<(Key, Value)>], _ name: String, _ location: SourceLocation
    ) -> Graph.Argument {
        let bytes = inputs.reduce(0) { $0 + $1.bytes }
        return .node(
            once(stage) {
                let maps = hashPartitioned(SharedStage(), inputs, into: 1, Operation(name), location)
                let count = maps.count
                return [
                    add([Operation("broadcast")], arguments: maps, location: location, cost: Cost(resultBytes: bytes * 3)) { scope in
                        TypedValue(BroadcastTable(try Groups(BucketReader<(Key, Value)>(scope: scope, base: 0, count: count, bucket: 0))))
                    }
                ]
            }[0])
    }
}
