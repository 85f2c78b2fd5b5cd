import Foundation
import Testing

@testable import bench

@Suite("Summary")
struct SummaryTests {
    private func sample(_ seconds: Double, check: String = "same", perTask: Double? = nil, peak: Int = 0) -> Outcome {
        .measured(Sample(seconds: seconds, secondsPerTask: perTask, check: check, items: 1, version: "v", peakResidentBytes: peak))
    }

    private func rows(_ job: Job, _ entries: [(Peer, [Outcome])]) -> [Row] {
        Summary(workload: .full).rows(of: [Contest(job: job, entries: entries.map { Contest.Entry(peer: $0.0, outcomes: $0.1) })])
    }

    @Test("The median is the middle value, or between the two middle ones")
    func median() {
        #expect(Summary.median([]) == nil)
        #expect(Summary.median([3, 1, 2]) == 2)
        #expect(Summary.median([4, 1, 2, 3]) == 2.5)
    }

    @Test("A ratio is the peer's median over Sheaf's, and decides the target")
    func ratios() {
        let rows = rows(.sort, [(.sheaf, [sample(1), sample(3), sample(2)]), (.pool, [sample(12)]), (.pysparkRDD, [sample(8)])])
        #expect(rows.map(\.ratio) == [1, 6, 4])
        #expect(rows.map(\.met) == [nil, true, false])
    }

    @Test("Jobs of tiny tasks compare the time per task")
    func perTask() {
        let rows = rows(.tree, [(.sheaf, [sample(9, perTask: 5e-7)]), (.daskThreaded, [sample(1, perTask: 6e-5)])])
        #expect(rows.map(\.median) == [5e-7, 6e-5])
        #expect(rows.map(\.met) == [true, true])
    }

    @Test("A peer whose check differs from the majority's gets no time")
    func disagreement() {
        let rows = rows(.join, [(.sheaf, [sample(1)]), (.pool, [sample(9)]), (.polars, [sample(1, check: "other")])])
        #expect(rows.map(\.failed) == [false, false, true])
        #expect(rows[2].median == nil)
    }

    @Test("When two disagree, neither is believed")
    func tie() {
        #expect(rows(.join, [(.sheaf, [sample(1)]), (.pool, [sample(9, check: "other")])]).map(\.failed) == [true, true])
    }

    @Test("A peer that fails once has no ratio")
    func failure() {
        let rows = rows(.sort, [(.sheaf, [sample(1)]), (.pool, [sample(9), .failed("ended by signal 9")])])
        #expect(rows[1].median == nil)
        #expect(rows[1].note == "ended by signal 9")
    }

    @Test("The spilling job is judged by its peak memory", arguments: [(149_000_000, true), (151_000_000, false)])
    func memory(peak: Int, met: Bool) {
        #expect(rows(.spillingShuffle, [(.sheaf, [sample(1, peak: peak)])])[0].met == met)
    }
}

@Suite("Oracle")
struct OracleTests {
    @Test("Small graphs, worked out by hand")
    func small() {
        #expect(Oracle.check(of: .tree, size: 4) == "6")  // 0 + 1 + 2 + 3
        #expect(Oracle.check(of: .wavefront, size: 1) == "1")
        #expect(Oracle.check(of: .wavefront, size: 3) == "6")  // 1 1 1 / 1 2 3 / 1 3 6
        #expect(Oracle.check(of: .independent, size: 3) == "114")  // 7 + 38 + 69
        #expect(Oracle.check(of: .sort, size: 3) == nil)
    }
}
