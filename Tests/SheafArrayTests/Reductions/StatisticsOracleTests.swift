import SheafArray
import SheafCore
import Testing

/// What NumPy answered to histograms and their like.
private struct Statistics: Decodable {
    let x, weights, edges: [Double]
    let n: [Int]
    let histogram, histogramAuto, histogramOfEdges: [Int]
    let histogramEdges, histogramAutoEdges, histogramWeighted, histogramDensity, bincountWeighted: [Double]
    let bincount, bincountLong, digitize, digitizeRight, digitizeDown, digitizeDownRight: [Int]
    let searchLeft, searchRight, unique, uniqueCounts, uniqueInverse, isIn: [Int]
}

@Suite("NDArray: histograms, sets and searches agree with NumPy")
struct StatisticsOracleTests {
    @Test("for every chunking", arguments: [(1000, 1), (64, 2), (7, 3)])
    func all(chunk: Int, workers: Int) async throws {
        let known = try Oracle.load("statistics", as: Statistics.self)
        let session = Session(workers: workers)
        let x = session.array(known.x, chunks: .uniform(chunk)), n = session.array(known.n, chunks: .uniform(chunk))
        let weights = session.array(known.weights, chunks: .uniform(chunk + 3))
        func near(_ a: [Double], _ b: [Double]) -> Bool {
            a.count == b.count && zip(a, b).allSatisfy { agree($0, $1, relative: 1e-13, absolute: 1e-13) }
        }
        let bins = HistogramBins.uniform(10, -4...4)
        #expect(try await x.histogram(bins).compute().elements == known.histogram)
        #expect(near(bins.edges, known.histogramEdges))
        let fitting = try await x.histogramBins(7)
        #expect(near(fitting.edges, known.histogramAutoEdges))
        #expect(try await x.histogram(fitting).compute().elements == known.histogramAuto)
        let edges = HistogramBins.edges(known.edges)
        #expect(try await x.histogram(edges).compute().elements == known.histogramOfEdges)
        #expect(near(try await x.histogram(edges, weights: weights).compute().elements, known.histogramWeighted))
        #expect(near(try await x.histogram(edges, weights: nil, density: true).compute().elements, known.histogramDensity))
        #expect(try await n.bincount().compute().elements == known.bincount)
        #expect(try await n.bincount(minimumLength: 20).compute().elements == known.bincountLong)
        let few = session.array(Array(known.weights.prefix(300)), chunks: .uniform(chunk))
        #expect(near(try await n.bincount(length: 12, weights: few).compute().elements, known.bincountWeighted))
        #expect(try await x.digitize(known.edges).compute().elements == known.digitize)
        #expect(try await x.digitize(known.edges, right: true).compute().elements == known.digitizeRight)
        #expect(try await x.digitize(known.edges.reversed()).compute().elements == known.digitizeDown)
        #expect(try await x.digitize(known.edges.reversed(), right: true).compute().elements == known.digitizeDownRight)
        let sorted = session.array(known.edges, chunks: .uniform(4))
        #expect(try await sorted.searchSorted(x).compute().elements == known.searchLeft)
        #expect(try await sorted.searchSorted(x, right: true).compute().elements == known.searchRight)
        let (values, counts) = try await n.uniqueCounts()
        #expect(try await values.compute().elements == known.unique)
        #expect(try await counts.compute().elements == known.uniqueCounts)
        #expect(try await n.uniqueInverse().inverse.compute().elements == known.uniqueInverse)
        #expect(try await n.isIn([77, 5, 3]).compute().elements == known.isIn.map { $0 != 0 })
        await session.close()
    }

    @Test("elements at the edges, outside and NaN")
    func edges() async throws {
        let session = Session(workers: 2)
        let x = session.array([-1, 0, 0.1, 0.3, 0.7, 1, 1.1, .nan, .infinity, 0.30000000000000004], chunks: 3)
        #expect(try await x.histogram(.uniform(10, 0...1)).compute().elements == [1, 1, 1, 1, 0, 0, 1, 0, 0, 1])
        #expect(try await x.unique().count == 10)
        let nans = session.array([.nan, 1, .nan, -1, 1, .nan], chunks: 2)
        let (values, counts) = try await nans.uniqueCounts()
        #expect(try await values.compute().elements.description == "[-1.0, 1.0, nan]")
        #expect(try await counts.compute().elements == [1, 2, 3])
        #expect(try await nans.isIn([.nan, 1]).compute().elements == [false, true, false, false, true, false])
        await #expect(throws: PlanError.self) { try await nans.histogramBins(3) }
        let none = session.array([Double](), chunks: 2)
        #expect(try await none.histogramBins(2) == .uniform(2, 0...1))
        #expect(try await none.histogram(.uniform(2, 0...1)).compute().elements == [0, 0])
        #expect(try await none.unique().compute().elements == [])
        #expect(try await session.array([3, 3, 3], chunks: 2).histogramBins(2) == .uniform(2, 2.5...3.5))
        await session.close()
    }
}
