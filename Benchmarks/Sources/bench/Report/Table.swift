import Foundation

/// The results as Markdown.
struct Table {
    let results: Results

    /// The page that `docs/benchmarks` opens with.
    var page: String {
        """
        # Benchmarks

        Written by `make bench`; do not edit. Measured on \(day) with \(results.workers) workers on \(results.machine.summary).

        ![Times of Sheaf and its peers](chart.svg)

        Every peer does the same work on the same data in a process of its own; its time is the wall time of the work, without
        the start of the interpreter, the JVM or the session. Runs of all peers are interleaved. The table shows medians; the
        slow ones (PySpark, dask, pandas) run less often, as the runs column tells; the work of tables they repeat five times in each
        run, of which the median counts, and every program does that work once before, to warm up. *Peer ÷ Sheaf* is the peer's median divided by
        Sheaf's: above 1, Sheaf is faster. Rows without a target are for information. All peers' results were checked to be equal.
        \(results.quick ? "\n**A quick run on small inputs: its ratios prove nothing.**\n" : "")
        \(tables)
        ## Versions

        \(versions)
        """ + "\n"
    }

    /// Only the tables, for the terminal.
    var tables: String { results.jobs.map(table).joined(separator: "\n") }

    private func table(of job: Job) -> String {
        var lines = ["## \(job.title)", ""]
        let cells = results.rows(of: job).map(cells)
        let header = ["Peer", job.isPerTask ? "Time per task" : "Time", "Runs", "Peer ÷ Sheaf", "Target", "Met"]
        // Padded, so that the source reads as well as the rendered page.
        let widths = header.indices.map { column in ([header] + cells).map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            let padded = zip(cells, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
            return "| " + padded.joined(separator: " | ") + " |"
        }
        lines.append(line(header))
        lines.append("|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|")
        lines += cells.map(line)
        return lines.joined(separator: "\n") + "\n" + parts(of: job)
    }

    /// The pieces of a job: Sheaf's time, and the peers' times divided by it.
    private func parts(of job: Job) -> String {
        let rows = results.rows(of: job).filter { $0.parts != nil }
        guard let sheaf = rows.first(where: { $0.peer == .sheaf })?.parts else { return "" }
        let peers = rows.filter { $0.peer != .sheaf }
        let names = sheaf.keys.sorted { $0.compare($1, options: .numeric) == .orderedAscending }
        var lines = [
            "", "| Part | Sheaf |" + peers.map { " \($0.peer.title) |" }.joined(), "|---|---|" + peers.map { _ in "---|" }.joined(),
        ]
        for name in names {
            guard let time = sheaf[name] else { continue }
            let ratios = peers.map { peer in " \(peer.parts?[name].map { Format.ratio($0 / time) } ?? "") |" }
            lines.append("| \(name) | \(Format.duration(time)) |" + ratios.joined())
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func cells(of row: Row) -> [String] {
        let time = row.median.map { Format.duration($0) } ?? row.note ?? "not run"
        let memory = row.peakResidentBytes.map { ", peak \(Format.memory(Double($0)))" } ?? ""
        let ratio = row.peer == .sheaf ? "" : row.ratio.map { Format.ratio($0) } ?? ""
        let met = row.met.map { $0 ? "yes" : "**no**" } ?? ""
        return [row.peer.title, escaped(time) + memory, String(row.samples.count), ratio, row.target ?? "", met]
    }

    /// Text from a foreign program must not end a cell.
    private func escaped(_ text: String) -> String {
        text.replacing("|", with: "\\|").replacing("\n", with: " ")
    }

    private var versions: String {
        Peer.allCases.compactMap { peer in
            results.rows.first { $0.peer == peer && $0.version != nil }?.version.map { "- \(peer.title): \($0)" }
        }.joined(separator: "\n")
    }

    private var day: String { results.date.formatted(.iso8601.year().month().day()) }
}
