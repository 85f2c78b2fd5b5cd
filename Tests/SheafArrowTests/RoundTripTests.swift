import CArrowABI
import Testing

@testable import SheafArrow

@Suite struct RoundTripTests {
    /// The parts of a column whose buffers begin in the middle, and the empty one.
    private func ranges(_ count: Int) -> [Range<Int>] { [0..<count, 1..<count, 1..<count - 1, 2..<2, count - 1..<count] }

    @Test(arguments: Sample.all) func cellsBecomeColumns(sample: Sample) throws {
        let column = try sample.column()
        #expect(column.type == sample.type)
        #expect(column.cells() == sample.cells)
        #expect(column.nullCount == sample.cells.filter(\.isNull).count)
        try column.validate()
        for range in ranges(sample.cells.count) {
            #expect(column[range].cells() == Array(sample.cells[range]))
            #expect(column[range].nullCount == sample.cells[range].filter(\.isNull).count)
        }
    }

    @Test(arguments: Sample.all) func ipc(sample: Sample) throws {
        let column = try sample.column()
        let batches = try ranges(column.count).map { try RecordBatch([("column", column[$0])]) }
        let schema = ArrowTableSchema([ArrowField("column", sample.type, metadata: ["k": "v"])], metadata: ["table": "t", "a": ""])
        for format in [ArrowWriter.Format.stream, .file] {
            let bytes = try ArrowWriter.encode(
                batches.map { try RecordBatch(schema: schema, columns: $0.columns) }, schema: schema, format: format)
            let reader = try RecordBatchReader(ipc: ArrowMemory(bytes))
            #expect(reader.schema == schema)
            let read = try reader.readAll()
            #expect(read.map { $0.columns[0].cells() } == batches.map { $0.columns[0].cells() })
            // What was written from slices has no rows around it.
            for batch in read { #expect(batch.columns[0].offset == 0) }
        }
    }

    @Test(arguments: Sample.all) func cInterface(sample: Sample) throws {
        let column = try sample.column()
        let schema = ArrowTableSchema([ArrowField("column", sample.type, isNullable: true, metadata: ["k": "v"])], metadata: ["a": "ü"])
        for range in ranges(column.count) {
            let batch = try RecordBatch(schema: schema, columns: [column[range]])
            var foreignSchema = CArrowABI.ArrowSchema()
            var foreignArray = CArrowABI.ArrowArray()
            schema.export(to: &foreignSchema)
            batch.export(to: &foreignArray)
            let readSchema = try ArrowTableSchema(importing: &foreignSchema)
            #expect(readSchema == schema)
            #expect(foreignSchema.release == nil)
            let read = try RecordBatch(importing: &foreignArray, schema: readSchema)
            #expect(foreignArray.release == nil)
            #expect(read.rowCount == range.count)
            #expect(read.columns[0].cells() == batch.columns[0].cells())
            try read.validate()
        }
    }

    @Test(arguments: Sample.all) func concatenation(sample: Sample) throws {
        let column = try sample.column()
        let parts = ranges(column.count).map { column[$0] } + [try sample.column()]
        let joined = try ArrowColumn(concatenating: parts, type: sample.type)
        try joined.validate(utf8: true)
        #expect(joined.cells() == parts.flatMap { $0.cells() })
        #expect(try ArrowColumn(concatenating: [], type: sample.type).cells() == [])
        if sample.type != .bool {
            #expect(throws: ArrowError.self) { try ArrowColumn(concatenating: [column, ArrowColumn([true])], type: sample.type) }
        }
        let batches = try parts.map { try RecordBatch([("a", $0), ("b", $0)]) }
        let batch = try RecordBatch(concatenating: batches, schema: batches[0].schema)
        #expect(batch["b"]?.cells() == joined.cells())
        #expect(batch.rowCount == joined.count)
    }

    @Test func batchWithoutColumns() throws {
        let schema = ArrowTableSchema([])
        let batch = try RecordBatch(schema: schema, columns: [], rowCount: 5)
        for format in [ArrowWriter.Format.stream, .file] {
            let read = try readAll(try ArrowWriter.encode([batch], schema: schema, format: format))
            #expect(read.map(\.rowCount) == [5])
        }
        var array = CArrowABI.ArrowArray()
        batch.export(to: &array)
        #expect(try RecordBatch(importing: &array, schema: schema).rowCount == 5)
    }

    @Test func streamsThroughTheCInterface() throws {
        let batches = try (0..<3).map { try RecordBatch([("n", ArrowColumn([Int64($0), 7]))]) }
        var stream = CArrowABI.ArrowArrayStream()
        RecordBatchReader(schema: batches[0].schema, batches: batches).export(to: &stream)
        let reader = try RecordBatchReader(importing: &stream)
        #expect(stream.release == nil)
        #expect(try reader.readAll().map { $0["n"]?.cell(at: 0) } == [.int(0), .int(1), .int(2)])
        #expect(try reader.next() == nil)
    }

    @Test func errorsOfProducersComeThrough() throws {
        struct Failure: Error {}
        var stream = CArrowABI.ArrowArrayStream()
        RecordBatchReader(schema: ArrowTableSchema([])) { throw Failure() }.export(to: &stream)
        let reader = try RecordBatchReader(importing: &stream)
        let error = #expect(throws: ArrowError.self) { try reader.next() }
        #expect(error?.code == .producerFailed)
        #expect(error?.message.contains("Failure") == true)
        #expect(throws: ArrowError.self) { try reader.next() }
    }

    @Test func dictionariesMayChangeInStreamsOnly() throws {
        func batch(_ words: [String]) throws -> RecordBatch {
            let column = try ArrowColumn(indices: ArrowColumn([Int8(1), 0]), dictionary: ArrowColumn(words))
            return try RecordBatch([("word", column)])
        }
        let batches = [try batch(["a", "b"]), try batch(["a", "b"]), try batch(["c", "d"])]
        let bytes = try ArrowWriter.encode(batches, schema: batches[0].schema)
        #expect(try readAll(bytes).map { Array(try $0.columns[0].strings()) } == [["b", "a"], ["b", "a"], ["d", "c"]])
        let error = #expect(throws: ArrowError.self) { try ArrowWriter.encode(batches, schema: batches[0].schema, format: .file) }
        #expect(error?.code == .unsupported)
        #expect(error?.field == "word")
    }

    @Test func streamsFromClosures() throws {
        let batch = try RecordBatch([("n", ArrowColumn([Int64](0..<100))), ("s", ArrowColumn((0..<100).map { "text \($0)" }))])
        let bytes = try ArrowWriter.encode([batch, batch[10..<20]], schema: batch.schema)
        var position = 0
        let reader = try RecordBatchReader(ipcStream: { target in
            let count = min(7, target.count, bytes.count - position)
            for index in 0..<count { target[index] = bytes[position + index] }
            position += count
            return count
        })
        let read = try reader.readAll()
        #expect(read.map(\.rowCount) == [100, 10])
        #expect(read[1]["s"]?.string(at: 9) == "text 19")
    }
}
