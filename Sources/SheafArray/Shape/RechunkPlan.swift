internal import SheafCore

/// The chunks that an array goes through on the way from one grid to another.
///
/// A task that assembles a chunk holds the chunk and all those it overlaps, whole. Four ways are compared: straight to the target; by
/// way of chunks between the two in size; by way of all the overlaps as chunks of their own, so that a task holds no more than twice a
/// chunk; and the latter two together. The one with the least work among those that fit is taken. (Dask's planner likewise weighs the
/// number of overlaps against intermediate chunks.)
struct RechunkPlan {
    /// The grids between source and target, in order.
    let between: [ChunkGrid]
    private let leastBytes: Int
    private let budget: Int

    init(_ source: ChunkGrid, _ target: ChunkGrid, elementBytes: Int, options: SessionOptions) {
        budget = options.memory
        leastBytes = (source.largestChunk + target.largestChunk) * elementBytes
        // Every worker runs a task, and as much again waits to be used.
        let limit = options.memory / (2 * max(options.workers, 1)) / max(elementBytes, 1)
        let direct = Step(source, target)
        guard direct.overlaps > 4 * Double(source.count + target.count) || direct.elements > limit else {
            between = []
            return
        }
        let middle = Self.middle(source, target)
        let candidates: [[ChunkGrid]] = [
            [], [middle], [Self.overlaps(source, target)], [Self.overlaps(source, middle), middle, Self.overlaps(middle, target)],
        ]
        var best: (grids: [ChunkGrid], elements: Int, work: Double)?
        for grids in candidates {
            let grids = Self.withoutRepeats(source, grids, target)
            let steps = zip([source] + grids, grids + [target]).map { Step($0, $1) }
            let elements = steps.map(\.elements).max() ?? 0
            let work = steps.reduce(0) { $0 + $1.overlaps } + grids.reduce(0.0) { $0 + Double($1.count) }
            guard let sofar = best else {
                best = (grids, elements, work)
                continue
            }
            let fits = elements <= limit, didFit = sofar.elements <= limit
            if fits == didFit ? (fits ? work < sofar.work : elements < sofar.elements) : fits { best = (grids, elements, work) }
        }
        between = best?.grids ?? []
    }

    /// What is wrong when no plan can help.
    func problem(_ location: SourceLocation) -> PlanError? {
        guard leastBytes > budget else { return nil }
        return PlanError(
            .exceedsMemory, "“rechunk” needs \(leastBytes) bytes for one old and one new chunk; the session may use \(budget)",
            node: "rechunk", location: location, hint: "choose smaller chunks, or give the session more memory")
    }

    /// Going from one grid to another directly.
    private struct Step {
        /// Pairs of chunks that overlap.
        let overlaps: Double
        /// What a task holds at most.
        let elements: Int

        init(_ source: ChunkGrid, _ target: ChunkGrid) {
            var overlaps = 1.0, inputs = 1
            for axis in 0..<source.rank {
                var pairs = 0, most = 0
                for chunk in 0..<target.counts[axis] where target.chunks[axis][chunk] > 0 {
                    let start = target.offsets[axis][chunk], end = target.offsets[axis][chunk + 1]
                    let first = source.chunk(at: start, axis: axis), last = source.chunk(at: end - 1, axis: axis)
                    pairs += last - first + 1
                    most = max(most, source.offsets[axis][last + 1] - source.offsets[axis][first])
                }
                overlaps *= Double(max(pairs, 1))
                let (product, overflow) = inputs.multipliedReportingOverflow(by: most)
                inputs = overflow ? .max / 4 : product
            }
            self.overlaps = overlaps
            elements = inputs + target.largestChunk
        }
    }

    /// Chunks whose size is between that of the source's and the target's along each axis (the geometric mean, rounded to whole chunks
    /// of the smaller).
    private static func middle(_ source: ChunkGrid, _ target: ChunkGrid) -> ChunkGrid {
        ChunkGrid(
            (0..<source.rank).map { axis in
                if source.chunks[axis] == target.chunks[axis] { return source.chunks[axis] }
                let a = source.chunks[axis].max() ?? 1, b = target.chunks[axis].max() ?? 1
                let small = max(min(a, b), 1)
                let mean = Int((Double(a) * Double(b)).squareRoot())
                return ChunkSizes.cut(source.shape[axis], max(mean / small * small, 1))
            })
    }

    /// Each overlap of a chunk with another as a chunk.
    private static func overlaps(_ source: ChunkGrid, _ target: ChunkGrid) -> ChunkGrid {
        ChunkGrid((0..<source.rank).map { commonChunks(source.chunks[$0], target.chunks[$0]) })
    }

    private static func withoutRepeats(_ source: ChunkGrid, _ grids: [ChunkGrid], _ target: ChunkGrid) -> [ChunkGrid] {
        var result: [ChunkGrid] = []
        for grid in grids where grid != result.last ?? source && grid != target { result.append(grid) }
        return result
    }
}

/// Chunks along an axis with the boundaries of two lists of chunks.
///
/// - Precondition: both have the same sum.
func commonChunks(_ a: [Int], _ b: [Int]) -> [Int] {
    if a == b { return a }
    var result: [Int] = [], i = 0, j = 0, left = a.first ?? 0, right = b.first ?? 0
    while i < a.count, j < b.count {
        let size = min(left, right)
        if size > 0 { result.append(size) }
        left -= size
        right -= size
        if left == 0 {
            i += 1
            left = i < a.count ? a[i] : 0
        }
        if right == 0 {
            j += 1
            right = j < b.count ? b[j] : 0
        }
    }
    return result.isEmpty ? [0] : result
}
