internal import SheafArrow

/// What mutations start from.
struct Corpus {
    let seeds: [[UInt8]]

    /// - Parameter files: good ones.
    init(_ files: [[UInt8]]) throws {
        var seeds = files
        for file in files {
            let reader = try RecordBatchReader(ipc: ArrowMemory(file), options: Reading.options)
            // Compression that cannot be read here stays as it is.
            guard let batches = try? reader.readAll(), let first = batches.first else { continue }
            // Each column alone, in both formats: in a small file more of the mutations hit what matters.
            for index in first.columns.indices {
                let batch = first[0..<min(first.rowCount, 8)].selecting([index])
                for format in [ArrowWriter.Format.stream, .file] {
                    seeds.append(try ArrowWriter.encode([batch, batch], schema: batch.schema, format: format))
                }
            }
        }
        self.seeds = seeds
    }
}

enum Reading {
    static var options: ArrowReadOptions {
        var options = ArrowReadOptions()
        options.bodyBytes = 1 << 20
        options.rows = 1 << 20
        // Stands for a decompressor of ZSTD, which is not what is tested.
        options.decompress = { source, target in
            for index in target.indices { target[index] = source.isEmpty ? 0 : source[index % source.count] }
        }
        return options
    }

    /// Reads everything, and looks at cells, so many at most.
    static func read(_ bytes: [UInt8], way: Int) throws -> String {
        var options = options
        options.validatesUTF8 = way == 1
        if way == 2 { options.columns = [0] }
        let reader: RecordBatchReader
        if way == 3, !bytes.starts(with: Array("ARROW1".utf8)) {
            // As from a pipe, in small pieces.
            var position = 0
            reader = try RecordBatchReader(
                ipcStream: { buffer in
                    let count = min(buffer.count, bytes.count - position, 7)
                    for index in 0..<count { buffer[index] = bytes[position + index] }
                    position += count
                    return count
                }, options: options)
        } else {
            reader = try RecordBatchReader(ipc: ArrowMemory(bytes), options: options)
        }
        var left = 2_000, sum = 0
        var kept: [RecordBatch] = []
        while let batch = try reader.next() {
            for column in batch.columns {
                for index in 0..<column.count where left > 0 {
                    let cell = column.cell(at: index)
                    if case .list(let items) = cell { left -= items.count }
                    sum &+= cell.description.utf8.count
                    left -= 1
                }
                sum &+= column.nullCount
            }
            try batch.validate()
            kept.append(batch)
        }
        // What was read can be joined and written.
        if left > 0, !kept.isEmpty {
            let joined = try RecordBatch(concatenating: kept, schema: reader.schema)
            sum &+= try ArrowWriter.encode([joined], schema: reader.schema, format: way % 2 == 0 ? .stream : .file).count
        }
        return sum >= 0 ? "read" : "read, with a sum below zero"
    }
}
