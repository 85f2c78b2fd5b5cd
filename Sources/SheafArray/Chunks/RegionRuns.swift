/// A box of an array, walked in C order as runs that also lie next to each other in the C order of the whole array.
struct RegionRuns: Sendable {
    /// The most elements of a run.
    let runLength: Int
    /// The axes that runs do not span.
    private let outerShape: [Int]
    private let outerSteps: [Int]
    private let first: Int

    /// - Parameter shape: of the whole array.
    init(_ region: Region, in shape: [Int]) {
        var axis = shape.count - 1, length = 1
        while axis >= 0 {
            length *= region.shape[axis]
            let isWhole = region.shape[axis] == shape[axis]
            axis -= 1
            if !isWhole { break }
        }
        let strides = contiguousStrides(shape)
        runLength = length
        outerShape = Array(region.shape[..<(axis + 1)])
        outerSteps = Array(strides[..<(axis + 1)])
        first = zip(region.start, strides).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// Calls the body for each run of the elements `start..<start + count` of the box: the first element's position in the whole array,
    /// its position after `start`, and the run's length.
    func forEach(_ start: Int, _ count: Int, _ body: (Int, Int, Int) throws -> Void) rethrows {
        if count == 0 { return }
        var rest = start / runLength, within = start % runLength, position = first
        var coordinates = outerShape
        for axis in outerShape.indices.reversed() {
            coordinates[axis] = rest % outerShape[axis]
            rest /= outerShape[axis]
            position += coordinates[axis] * outerSteps[axis]
        }
        var done = 0
        while true {
            let length = min(runLength - within, count - done)
            try body(position + within, done, length)
            done += length
            if done == count { return }
            within = 0
            var axis = outerShape.count - 1
            while axis >= 0 {
                coordinates[axis] += 1
                position += outerSteps[axis]
                if coordinates[axis] < outerShape[axis] { break }
                position -= outerSteps[axis] * outerShape[axis]
                coordinates[axis] = 0
                axis -= 1
            }
        }
    }
}
