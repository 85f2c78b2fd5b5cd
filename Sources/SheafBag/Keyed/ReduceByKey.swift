public import SheafCore

extension Bag {
    /// Folds the values of each key into one. Combines within each partition before anything is exchanged.
    ///
    /// - Parameters:
    ///   - reducer: a named one (`.sum`, `.min`, `.max`, `.count`, `.mean`) runs on every engine.
    ///   - partitions: of the result; chosen from the input's size when `nil`.
    /// - Complexity: O(elements); exchanges at most one accumulator for each key and input partition.
    @inlinable
    public func reduceByKey<Key: Hashable & Sendable, Value, Accumulator, Result>(
        _ reducer: Reducer<Value, Accumulator, Result>, partitions: Int? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) -> Bag<(Key, Result)> where Element == (Key, Value) {
        let location = SourceLocation(fileID: fileID, line: line)
        let operation = Operation("reduceByKey", function: reducer.name, closure: reducer.name == nil ? location : nil)
        return combiningByKey(operation, reducer, partitions, location)
    }

    /// Folds the values of each key with an associative, commutative closure.
    @inlinable
    public func reduceByKey<Key: Hashable & Sendable, Value>(
        partitions: Int? = nil, fileID: StaticString = #fileID, line: UInt = #line,
        _ combine: @escaping @Sendable (Value, Value) throws -> Value
    ) -> Bag<(Key, Value)> where Element == (Key, Value) {
        reduceByKey(Reducer(combine), partitions: partitions, fileID: fileID, line: line)
    }

    @inlinable
    func combiningByKey<Key: Hashable & Sendable, Value, Accumulator, Result>(
        _ operation: Operation, _ reducer: Reducer<Value, Accumulator, Result>, _ partitions: Int?, _ location: SourceLocation
    ) -> Bag<(Key, Result)> where Element == (Key, Value) {
        combining(operation, reducer, partitions, location) { scope, iterate, table in
            try iterate(scope, 0) { try table.fold($0.0, $0.1, initial: reducer.initial, add: reducer.add) }
        }
    }

    /// - Parameter fill: folds a partition's elements into a map task's table. The loop is the caller's, so that each element crosses
    ///   one closure only.
    @inlinable
    func combining<Key: Hashable & Sendable, Value, Accumulator, Result>(
        _ operation: Operation, _ reducer: Reducer<Value, Accumulator, Result>, _ partitions: Int?, _ location: SourceLocation,
        _ fill:
            @escaping @Sendable (
                TaskScope, Partition<Element>.Iterate, MapSideTable<Key, Value, Accumulator>
            ) throws -> Void
    ) -> Bag<(Key, Result)> {
        let stage = SharedStage()
        return Bag<(Key, Result)>(session: session) { [lower] lowering in
            let inputs = try lower(lowering)
            let buckets = try lowering.shufflePartitions(inputs, asked: partitions)
            let maps = lowering.shuffled(stage, inputs, into: buckets, operation, location: location) {
                (scope, _, iterate, writer: ShuffleWriter<(Key, Accumulator)>) in
                let table = MapSideTable<Key, Value, Accumulator>(scope.resources.memory, writer, buckets)
                try fill(scope, iterate, table)
                try table.flush(initial: reducer.initial, add: reducer.add)
                try table.box.drain(into: writer, buckets)
            }
            return lowering.reduceSide(maps, buckets: buckets, bytes: inputs.reduce(0) { $0 + $1.bytes } / 2, Operation("merge")) {
                (reader: BucketReader<(Key, Accumulator)>, body: ((Key, Result)) throws -> Void) in
                let table = TableBox<Key, Accumulator>(minimumCapacity: reader.elementCount / Swift.max(reader.count, 1))
                try reader.forEach { try table.table.fold($0.0, $0.1, initial: { $0 }, add: reducer.merge) }
                try table.table.forEach { key, accumulator in try body((key, try reducer.finish(accumulator))) }
            }
        }
    }
}
