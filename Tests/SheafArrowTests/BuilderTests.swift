import Testing

@testable import SheafArrow

@Suite struct BuilderTests {
    /// Lengths around those of words of bits, with nulls nowhere, first, last, everywhere and now and then.
    @Test(arguments: [0, 1, 7, 8, 63, 64, 65, 127, 128, 129, 1_000]) func optionals(count: Int) throws {
        let patterns: [(Int) -> Bool] = [{ _ in false }, { $0 == 0 }, { $0 == count - 1 }, { _ in true }, { $0 % 3 == 1 }, { $0 >= 64 }]
        for isNull in patterns {
            let values = (0..<count).map { isNull($0) ? nil : Int32($0) }
            let column = ArrowColumn(values)
            #expect(Array(try column.values(as: Int32.self)) == values)
            #expect(column.nullCount == values.filter { $0 == nil }.count)
            var builder = ArrowPrimitiveBuilder<Int32>()
            for value in values { builder.append(value) }
            #expect(builder.count == count)
            #expect(Array(try builder.finish().values(as: Int32.self)) == values)
            let flags = values.map { value in value.map { $0 % 2 == 0 } }
            #expect(Array(try ArrowColumn(flags).bools()) == flags)
            let texts = values.map { value in value.map { String(repeating: "x", count: Int($0) % 20) } }
            for type in [ArrowType.utf8, .largeUtf8, .utf8View] {
                let column = ArrowColumn(texts, type: type)
                try column.validate()
                #expect(Array(try column.strings()) == texts)
                #expect(column.nullCount == values.filter { $0 == nil }.count)
            }
        }
    }

    @Test func plainArrays() throws {
        let numbers = ArrowColumn([1.5, 2.5])
        #expect(numbers.type == .float64)
        #expect(numbers.nullCount == 0)
        #expect(try numbers.withSpan(of: Double.self) { $0[0] + $0[1] } == 4)
        #expect(ArrowColumn([3, 4]).type == .int64)
        #expect(ArrowColumn([Int32(3)], type: .date32).cell(at: 0) == .date(days: 3))
        #expect(ArrowColumn([Int128(314)], type: .decimal128(precision: 5, scale: 2)).cell(at: 0).description == "3.14")
        #expect(ArrowColumn([true, false, true]).cells() == [.bool(true), .bool(false), .bool(true)])
        #expect(ArrowColumn([[1, 2], nil, []] as [[UInt8]?]).cells() == [.bytes([1, 2]), .null, .bytes([])])
        #expect(ArrowColumn(nulls: 3).cells() == [.null, .null, .null])
        #expect(ArrowColumn([Int]()).count == 0)
    }

    @Test func spansAreAppended() throws {
        var builder = ArrowPrimitiveBuilder<Int16>()
        let values = [Int16](0..<100)
        builder.append(contentsOf: values.span)
        builder.appendNull()
        builder.append(contentsOf: values.span)
        let column = builder.finish()
        #expect(column.nullCount == 1)
        #expect(Array(try column.values(as: Int16.self)) == values.map(Optional.some) + [nil] + values.map(Optional.some))
        var texts = ArrowStringBuilder()
        let utf8 = Array("abc".utf8)
        texts.append(utf8: utf8.span)
        #expect(texts.finish().cells() == [.string("abc")])
    }

    @Test func lists() throws {
        var builder = ArrowListBuilder(ArrowListBuilder(ArrowPrimitiveBuilder<Int64>()))
        builder.append { inner in
            inner.append { items in
                items.append(1)
                items.append(nil)
            }
            inner.appendNull()
        }
        builder.appendNull()
        builder.append { _ in }
        let column = builder.finish()
        #expect(column.cells().map(\.description) == ["[[1, null], null]", "null", "[]"])
        #expect(column.list(at: 0)?.list(at: 0)?.cells() == [.int(1), .null])
        #expect(column.list(at: 1) == nil)
    }

    @Test func columnsOfColumns() throws {
        let pair = try ArrowColumn(
            structOf: [("a", ArrowColumn([1, 2, 3])), ("b", ArrowColumn(["x", nil, "z"]))], validity: [true, true, false])
        #expect(pair.cells().map(\.description) == ["{a: 1, b: \"x\"}", "{a: 2, b: null}", "null"])
        #expect(pair[1..<3].child(named: "b")?.cells() == [.null, .string("z")])
        #expect(pair.child(named: "c") == nil)
        let lists = try ArrowColumn(listOf: pair, lengths: [2, 0, 1])
        #expect(lists.cells().map(\.description) == ["[{a: 1, b: \"x\"}, {a: 2, b: null}]", "[]", "[null]"])
        #expect(throws: ArrowError.self) { try ArrowColumn(listOf: pair, lengths: [2, 2]) }
        #expect(throws: ArrowError.self) { try ArrowColumn(listOf: pair, lengths: [2]) }
        #expect(throws: ArrowError.self) { try ArrowColumn(listOf: pair, lengths: [4, -1]) }
        #expect(throws: ArrowError.self) { try ArrowColumn(structOf: [("a", ArrowColumn([1])), ("b", ArrowColumn([1, 2]))]) }
        #expect(throws: ArrowError.self) { try ArrowColumn(indices: ArrowColumn([0, 3]), dictionary: ArrowColumn(["x"])) }
        #expect(throws: ArrowError.self) { try ArrowColumn(indices: ArrowColumn([0.5]), dictionary: ArrowColumn(["x"])) }
        let words = try ArrowColumn(indices: ArrowColumn([Int8(1), nil, 0]), dictionary: ArrowColumn(["x", "y"]))
        #expect(Array(try words.strings()) == ["y", nil, "x"])
        #expect(words.dictionaryIndex(at: 0) == 1)
        #expect(words.dictionaryIndices?.cells() == [.int(1), .null, .int(0)])
    }

    @Test func wrongTypesAreRefused() throws {
        let column = ArrowColumn([1, 2])
        #expect(throws: ArrowError.self) { try column.values(as: Int32.self) }
        #expect(throws: ArrowError.self) { try column.withSpan(of: Double.self) { _ in } }
        #expect(throws: ArrowError.self) { try column.strings() }
        #expect(throws: ArrowError.self) { try column.bools() }
        #expect(throws: ArrowError.self) { try column.byteStrings() }
        #expect(column.string(at: 0) == nil)
        let builder = ArrowCellBuilder(.struct([ArrowField("a", .int8)]))
        let error = #expect(throws: ArrowError.self) { try builder.append(.struct([.init("a", .int(128))])) }
        #expect(error?.field == "a")
        #expect(throws: ArrowError.self) { try builder.append(.null) }
        let schema = ArrowTableSchema([ArrowField("a", .int8)])
        #expect(throws: ArrowError.self) { try RecordBatch(schema: schema, columns: [column]) }
        #expect(throws: ArrowError.self) { try RecordBatch(schema: schema, columns: []) }
        #expect(throws: ArrowError.self) { try RecordBatch([("a", column), ("b", ArrowColumn([1]))]) }
        let batch = try RecordBatch([("a", column)])
        #expect(throws: ArrowError.self) { try ArrowWriter.encode([batch], schema: schema) }
    }

    @Test func bytesInPlace() throws {
        let column = ArrowColumn(["", nil, "short", "a text that is not inline"], type: .utf8View)
        let texts = try column.strings()
        #expect(texts.withUTF8(at: 0) { $0.count } == 0)
        #expect(texts.withUTF8(at: 1) { $0.count } == nil)
        #expect(texts.withUTF8(at: 2) { $0[0] } == UInt8(ascii: "s"))
        #expect(texts.withUTF8(at: 3) { $0.count } == 25)
        #expect(Array(try column.byteStrings())[2] == Array("short".utf8))
    }
}
