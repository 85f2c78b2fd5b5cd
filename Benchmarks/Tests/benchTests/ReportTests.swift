import Foundation
import Testing

@testable import bench

#if canImport(FoundationXML)
import FoundationXML
#endif

@Suite("Report")
struct ReportTests {
    private var results: Results {
        Results(
            date: Date(timeIntervalSince1970: 0),
            machine: Machine(processor: "A & B <C>", cores: 2, memory: 24 << 30, system: "Linux"),
            workers: 2,
            quick: false,
            rows: [
                Row(job: .sort, peer: .sheaf, version: "1", samples: [0.5], median: 0.5, ratio: 1),
                Row(job: .sort, peer: .pool, version: "2", samples: [4], median: 4, ratio: 8, target: "≥ 5×", met: true),
                Row(job: .sort, peer: .daskBag, target: "≥ 5×", note: "no | sort"),
            ]
        )
    }

    @Test("Three digits in the unit that suits, and no more where the number is given")
    func format() {
        #expect(Format.duration(79.31e-9) == "79.3 ns")
        #expect(Format.duration(0.999_9e-6) == "1.00 µs")
        #expect(Format.duration(1e-6, exact: true) == "1 µs")
        #expect(Format.duration(0.38) == "380 ms")
        #expect(Format.duration(62.97) == "63.0 s")
        #expect(Format.duration(10, exact: true) == "10 s")
        #expect(Format.ratio(0.5, exact: true) == "0.5×")
        #expect(Format.ratio(100, exact: true) == "100×")
        #expect(Format.ratio(15.49) == "15×")
    }

    @Test("The table lines up, and foreign text cannot break it")
    func table() {
        #expect(
            Table(results: results).tables == #"""
                ## Sort: 10 million pairs

                | Peer                 | Time       | Runs | Peer ÷ Sheaf | Target | Met |
                |----------------------|------------|------|--------------|--------|-----|
                | Sheaf                | 500 ms     | 1    |              |        |     |
                | multiprocessing.Pool | 4.00 s     | 1    | 8.0×         | ≥ 5×   | yes |
                | dask.bag             | no \| sort | 0    |              | ≥ 5×   |     |

                """#)
    }

    @Test("The chart is well-formed and needs nothing from outside")
    func chart() {
        let svg = Chart(results: results).svg
        #expect(XMLParser(data: Data(svg.utf8)).parse())
        #expect(!svg.contains("href") && !svg.contains("<script") && !svg.contains("url("))
        #expect(svg.contains("A &amp; B &lt;C&gt;"))
        #expect(svg.count(of: "<rect") == 3)  // The background, and a bar for each peer that has a time.
    }

    @Test("A chart of nothing is still a chart")
    func emptyChart() {
        var results = results
        results.rows = []
        #expect(XMLParser(data: Data(Chart(results: results).svg.utf8)).parse())
    }

    @Test("Equal ratios are equally long, and every bar can be seen")
    func scale() {
        let scale = LogScale(values: [0.1, 1, 10], width: 300)
        #expect(abs((scale.position(1) - scale.position(0.1)) - (scale.position(10) - scale.position(1))) < 1e-9)
        #expect(scale.position(0.1) > 0)
        #expect(scale.position(10) <= 300)
    }

    @Test("Results survive JSON")
    func json() throws {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        #expect(try decoder.decode(Results.self, from: results.json()).rows == results.rows)
    }
}

extension String {
    fileprivate func count(of part: String) -> Int { components(separatedBy: part).count - 1 }
}
