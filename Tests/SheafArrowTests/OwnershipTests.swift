import CArrowABI
import Testing

@testable import SheafArrow

/// Arrays of a foreign library, here the test itself, are released once and not before the last that needs them is gone.
@Suite struct OwnershipTests {
    /// What a foreign array keeps: buffers, and a counter of its releases.
    private final class Foreign {
        let releases: Counter
        let values: UnsafeMutablePointer<Int64>
        let buffers: UnsafeMutablePointer<UnsafeRawPointer?>
        let child: UnsafeMutablePointer<CArrowABI.ArrowArray>
        let children: UnsafeMutablePointer<UnsafeMutablePointer<CArrowABI.ArrowArray>?>

        init(_ releases: Counter, count: Int) {
            self.releases = releases
            values = .allocate(capacity: count)
            for index in 0..<count { values[index] = Int64(index * index) }
            buffers = .allocate(capacity: 2)
            buffers[0] = nil
            buffers[1] = UnsafeRawPointer(values)
            child = .allocate(capacity: 1)
            var array = CArrowABI.ArrowArray()
            array.length = Int64(count)
            array.n_buffers = 2
            array.buffers = buffers
            array.release = { $0?.pointee.release = nil }
            child.initialize(to: array)
            children = .allocate(capacity: 1)
            children[0] = child
        }

        deinit {
            releases.increment()
            // Whoever reads on sees wrong values.
            for index in 0..<Int(child.pointee.length) { values[index] = -1 }
            values.deallocate()
            buffers.deallocate()
            child.deallocate()
            children.deallocate()
        }

        /// A struct array of one column of squares.
        static func array(_ releases: Counter, count: Int = 10) -> CArrowABI.ArrowArray {
            let foreign = Foreign(releases, count: count)
            var array = CArrowABI.ArrowArray()
            array.length = Int64(count)
            array.n_buffers = 1
            array.buffers = foreign.buffers
            array.n_children = 1
            array.children = foreign.children
            array.private_data = Unmanaged.passRetained(foreign).toOpaque()
            array.release = { pointer in
                guard let pointer, let data = pointer.pointee.private_data else { return }
                pointer.pointee.release = nil
                Unmanaged<Foreign>.fromOpaque(data).release()
            }
            return array
        }
    }

    private let schema = ArrowTableSchema([ArrowField("n", .int64)])

    @Test func releasedOnceWhenTheLastUserIsGone() throws {
        let releases = Counter()
        var array = Foreign.array(releases)
        var batch: RecordBatch? = try RecordBatch(importing: &array, schema: schema)
        #expect(array.release == nil)
        var column = batch?["n"]?[3..<5]
        batch = nil
        #expect(releases.value == 0)
        var values: ArrowValues<Int64>? = try column?.values()
        column = nil
        #expect(releases.value == 0)
        #expect(values.map(Array.init) == [9, 16])
        values = nil
        #expect(releases.value == 1)
    }

    @Test func releasedWhenTheImportFails() throws {
        let releases = Counter()
        for type in [ArrowType.utf8, .struct([]), .list(of: .int8), .utf8View] {
            var array = Foreign.array(releases)
            let error = #expect(throws: ArrowError.self) {
                try RecordBatch(importing: &array, schema: ArrowTableSchema([ArrowField("n", type)]))
            }
            #expect(error?.field == "n")
            #expect(array.release == nil)
        }
        #expect(releases.value == 4)
        var released = CArrowABI.ArrowArray()
        #expect(throws: ArrowError.self) { try RecordBatch(importing: &released, schema: schema) }
    }

    @Test func negativeLengthsAreRefused() throws {
        let releases = Counter()
        var array = Foreign.array(releases)
        array.length = -1
        #expect(throws: ArrowError.self) { try RecordBatch(importing: &array, schema: schema) }
        array = Foreign.array(releases)
        array.children[0]?.pointee.offset = .max
        #expect(throws: ArrowError.self) { try RecordBatch(importing: &array, schema: schema) }
        array = Foreign.array(releases)
        array.length = 11
        #expect(throws: ArrowError.self) { try RecordBatch(importing: &array, schema: schema) }
        #expect(releases.value == 3)
    }

    /// A consumer takes a child away, releases the parent, and the child later.
    @Test func childrenOutliveTheirParents() throws {
        let releases = Counter()
        var exported = CArrowABI.ArrowArray()
        do {
            var array = Foreign.array(releases)
            try RecordBatch(importing: &array, schema: schema).export(to: &exported)
        }
        #expect(releases.value == 0)
        let child = try #require(exported.children[0])
        var moved = child.pointee
        child.pointee.release = nil
        exported.release(&exported)
        #expect(exported.release == nil)
        #expect(releases.value == 0)
        do {
            let column = try ArrowColumn(importing: &moved, type: .int64)
            #expect(column.cell(at: 9) == .int(81))
            #expect(releases.value == 0)
        }
        #expect(releases.value == 1)
    }

    @Test func streamsAreReleased() throws {
        let releases = Counter()
        var stream = CArrowABI.ArrowArrayStream()
        do {
            var rest = 3
            let schema = schema
            RecordBatchReader(schema: schema) {
                guard rest > 0 else { return nil }
                rest -= 1
                var array = Foreign.array(releases)
                return try RecordBatch(importing: &array, schema: schema)
            }.export(to: &stream)
        }
        var first: RecordBatch?
        do {
            let reader = try RecordBatchReader(importing: &stream)
            first = try reader.next()
            _ = try reader.next()
            #expect(releases.value == 1)
            // The third is never asked for.
        }
        #expect(releases.value == 1)
        #expect(first?["n"]?.cell(at: 2) == .int(4))
        first = nil
        #expect(releases.value == 2)
    }

    @Test func memoryIsFreedOnce() throws {
        let releases = Counter()
        let bytes = try ArrowWriter.encode([try RecordBatch([("n", ArrowColumn([Int64](0..<8)))])], schema: schema)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
        buffer.copyBytes(from: bytes)
        var column: ArrowColumn?
        do {
            let memory = ArrowMemory(adopting: UnsafeRawBufferPointer(buffer)) { bytes in
                bytes.deallocate()
                releases.increment()
            }
            column = try RecordBatchReader(ipc: memory).next()?.columns[0]
        }
        #expect(releases.value == 0)
        // The values lie where they were.
        let isInside = try column?.withSpan(of: Int64.self) { span in
            span.withUnsafeBytes { values in
                guard let start = values.baseAddress, let base = buffer.baseAddress else { return false }
                return start >= UnsafeRawPointer(base) && start < UnsafeRawPointer(base + buffer.count)
            }
        }
        #expect(isInside == true)
        column = nil
        #expect(releases.value == 1)
    }

    @Test func columnsAreReadByManyTasks() async throws {
        let column = ArrowColumn((0..<1_000).map { $0 % 3 == 0 ? nil : Int64($0) })
        let sums = try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<8 { group.addTask { try column.values(as: Int64.self).reduce(0) { $0 + ($1 ?? 0) } } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(sums).count == 1)
    }
}
