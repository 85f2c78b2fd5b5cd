import ArgumentParser
import Foundation
import Sheaf
import SheafDuckDB
import TPCH

/// The 22 queries of TPC-H as text, for other programs to run and compare.
struct TPCHQueries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "tpch", abstract: "The 22 queries of TPC-H.")

    @Option(name: .customLong("print-sql"), help: "Folder in which qNN.typed.sql and qNN.sql are written.") var folder: String
    @Option(name: .customLong("data"), help: "Folder of the Parquet files that tpchgen-cli wrote.") var data: String
    @Option(name: .customLong("scale"), help: "Their scale factor.") var scaleFactor = 1.0

    func run() async throws {
        let session = try await Session(options: SessionOptions(workers: 1))
        let tables = TPCHTables(session, folder: data, scaleFactor: scaleFactor)
        let folder = URL(filePath: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for query in TPCHQuery.all {
            let name = "q" + (query.number < 10 ? "0" : "") + "\(query.number)"
            try Data((try query.table(tables).sql() + "\n").utf8).write(to: folder.appending(path: name + ".typed.sql"))
            try Data((query.sql(scaleFactor) + "\n").utf8).write(to: folder.appending(path: name + ".sql"))
        }
    }
}
