import ArgumentParser
import Sheaf
import SheafTable

/// db-benchmark's questions about groups.
struct GroupBy: TableJob {
    static let configuration = CommandConfiguration(commandName: "group-by")
    @OptionGroup var input: TableInput

    struct Row: TableRow {
        var id1: String
        var id2: String
        var id3: String
        var id4: Int32
        var id5: Int32
        var id6: Int32
        var v1: Int32
        var v2: Int32
        var v3: Double
    }

    func parts(_ session: Session) async throws -> [TablePart] {
        let x = session.parquet(input.file("groups.parquet"), as: Row.self)
        let q1 = x.grouped(by: \.id1).aggregate { (id1: $0.key, v1: $0.sum(\.v1)) }
        let q2 = x.grouped { (id1: $0.id1, id2: $0.id2) }.aggregate { (id1: $0.key.id1, id2: $0.key.id2, v1: $0.sum(\.v1)) }
        let q3 = x.grouped(by: \.id3).aggregate { (id3: $0.key, v1: $0.sum(\.v1), v3: $0.mean(\.v3)) }
        let q4 = x.grouped(by: \.id4).aggregate { (id4: $0.key, v1: $0.mean(\.v1), v2: $0.mean(\.v2), v3: $0.mean(\.v3)) }
        let q5 = x.grouped(by: \.id6).aggregate { (id6: $0.key, v1: $0.sum(\.v1), v2: $0.sum(\.v2), v3: $0.sum(\.v3)) }
        let q6 = x.grouped { (id4: $0.id4, id5: $0.id5) }
            .aggregate { (id4: $0.key.id4, id5: $0.key.id5, vMedian: $0.median(\.v3), vDeviation: $0.standardDeviation(\.v3)) }
        let q7 = x.grouped(by: \.id3).aggregate { (id3: $0.key, vRange: $0.max(\.v1) - $0.min(\.v2)) }
        let ranked = x.adding { $0.window(partitionedBy: [$0.id6.key], orderedBy: [$0.v3.descending]).rowNumber() }
        let largest = ranked.filter { $0.value <= 2 }
        let q8 = largest.select { (id6: $0.id6, v3: $0.v3) }
        let related = x.grouped { (id2: $0.id2, id4: $0.id4) }
            .aggregate { (id2: $0.key.id2, id4: $0.key.id4, r: $0.correlation(\.v1, \.v2)) }
        let q9 = related.select { (id2: $0.id2, id4: $0.id4, vR2: $0.r * $0.r) }
        let q10 = x.grouped { (id1: $0.id1, id2: $0.id2, id3: $0.id3, id4: $0.id4, id5: $0.id5, id6: $0.id6) }
            .aggregate {
                (
                    id1: $0.key.id1, id2: $0.key.id2, id3: $0.key.id3, id4: $0.key.id4, id5: $0.key.id5, id6: $0.key.id6,
                    v3: $0.sum(\.v3), vCount: $0.count()
                )
            }
        return [
            TablePart("q1") { try await q1.batches() }, TablePart("q2") { try await q2.batches() },
            TablePart("q3") { try await q3.batches() }, TablePart("q4") { try await q4.batches() },
            TablePart("q5") { try await q5.batches() }, TablePart("q6") { try await q6.batches() },
            TablePart("q7") { try await q7.batches() }, TablePart("q8") { try await q8.batches() },
            TablePart("q9") { try await q9.batches() }, TablePart("q10") { try await q10.batches() },
        ]
    }
}

/// db-benchmark's questions about joins.
struct TableJoin: TableJob {
    static let configuration = CommandConfiguration(commandName: "table-join")
    @OptionGroup var input: TableInput

    struct Left: TableRow {
        var id1: Int32
        var id2: Int32
        var id3: Int32
        var id4: String
        var id5: String
        var id6: String
        var v1: Double
    }
    struct Small: TableRow {
        var id1: Int32
        var id4: String
        var v2: Double
    }
    struct Medium: TableRow {
        var id1: Int32
        var id2: Int32
        var id4: String
        var id5: String
        var v2: Double
    }
    struct Big: TableRow {
        var id1: Int32
        var id2: Int32
        var id3: Int32
        var id4: String
        var id5: String
        var id6: String
        var v2: Double
    }

    func parts(_ session: Session) async throws -> [TablePart] {
        let x = session.parquet(input.file("join-left.parquet"), as: Left.self)
        let small = session.parquet(input.file("join-small.parquet"), as: Small.self)
        let medium = session.parquet(input.file("join-medium.parquet"), as: Medium.self)
        let big = session.parquet(input.file("join-big.parquet"), as: Big.self)
        let q1 = x.join(small) { $0.id1 == $1.id1 }
        let q2 = x.join(medium) { $0.id2 == $1.id2 }
        let q3 = x.leftJoin(medium) { $0.id2 == $1.id2 }
        let q4 = x.join(medium) { $0.id5 == $1.id5 }
        let q5 = x.join(big) { $0.id3 == $1.id3 }
        return [
            TablePart("q1") { try await q1.batches() }, TablePart("q2") { try await q2.batches() },
            TablePart("q3") { try await q3.batches() }, TablePart("q4") { try await q4.batches() },
            TablePart("q5") { try await q5.batches() },
        ]
    }
}
