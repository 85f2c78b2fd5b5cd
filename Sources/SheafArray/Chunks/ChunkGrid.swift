internal import SheafCore

/// How an array is cut into chunks: for each axis the sizes of the chunks along it, as Dask's `chunks`.
public struct ChunkGrid: Sendable, Hashable {
    /// For each axis, the sizes of the chunks along it. An axis of length 0 has one chunk of size 0.
    public let chunks: [[Int]]
    public let shape: [Int]
    /// For each axis, where each chunk begins, and last the length of the axis.
    let offsets: [[Int]]
    /// Chunks along each axis.
    public let counts: [Int]

    /// - Precondition: no size is negative.
    public init(_ chunks: [[Int]]) {
        self.chunks = chunks
        shape = chunks.map { $0.reduce(0, +) }
        counts = chunks.map(\.count)
        offsets = chunks.map { sizes in
            var offsets = [0]
            offsets.reserveCapacity(sizes.count + 1)
            for size in sizes { offsets.append(offsets[offsets.count - 1] + size) }
            return offsets
        }
    }

    /// One chunk.
    init(whole shape: [Int]) { self.init(shape.map { [$0] }) }

    /// Chunks in all.
    public var count: Int { counts.reduce(1, *) }
    public var rank: Int { shape.count }
    /// Elements in all.
    public var elementCount: Int { shape.reduce(1, *) }

    /// A chunk's position along each axis, from its position in C order.
    public func coordinates(_ index: Int) -> [Int] {
        var coordinates = counts
        var rest = index
        for axis in counts.indices.reversed() {
            coordinates[axis] = rest % counts[axis]
            rest /= counts[axis]
        }
        return coordinates
    }

    /// A chunk's position in C order, from its position along each axis.
    public func index(_ coordinates: [Int]) -> Int {
        zip(coordinates, counts).reduce(0) { $0 * $1.1 + $1.0 }
    }

    /// Where a chunk lies in the array.
    public func region(_ coordinates: [Int]) -> Region {
        Region(
            start: coordinates.indices.map { offsets[$0][coordinates[$0]] }, shape: coordinates.indices.map { chunks[$0][coordinates[$0]] })
    }

    public func region(_ index: Int) -> Region { region(coordinates(index)) }

    /// All chunks' regions, in C order.
    var regions: [Region] { (0..<count).map(region) }

    /// The chunk along an axis that holds a position.
    func chunk(at position: Int, axis: Int) -> Int {
        let offsets = offsets[axis]
        var low = 0, high = offsets.count - 1
        while high - low > 1 {
            let middle = (low + high) / 2
            if offsets[middle] <= position { low = middle } else { high = middle }
        }
        return low
    }

    /// The largest chunk's elements.
    var largestChunk: Int { chunks.reduce(1) { $0 * ($1.max() ?? 0) } }
}

/// A box inside an array.
public struct Region: Sendable, Hashable {
    public var start: [Int]
    public var shape: [Int]

    public init(start: [Int], shape: [Int]) {
        self.start = start
        self.shape = shape
    }

    public var count: Int { shape.reduce(1, *) }
}

/// What a caller says about chunks: a size for each axis, the sizes in full, or nothing.
///
/// `chunks: 1000` is that size along every axis, `chunks: [1000, 500]` a size for each; -1 stands for the whole axis.
public enum ChunkSizes: Sendable, Hashable, ExpressibleByArrayLiteral, ExpressibleByIntegerLiteral {
    /// About 8 MiB a chunk, as near to a cube as the shape allows.
    case automatic
    /// The same size along every axis.
    case uniform(Int)
    /// A size for each axis.
    case sizes([Int])
    /// Every chunk's size, for each axis.
    case explicit([[Int]])

    public init(integerLiteral value: Int) { self = .uniform(value) }
    public init(arrayLiteral elements: Int...) { self = .sizes(elements) }

    static let automaticBytes = 8 << 20

    /// - Throws: ``PlanError`` (`.invalidArgument`) for sizes that do not fit the shape.
    func grid(shape: [Int], elementBytes: Int, location: SourceLocation) throws(PlanError) -> ChunkGrid {
        if let negative = shape.first(where: { $0 < 0 }) {
            throw PlanError(.invalidArgument, "a shape cannot have \(negative) elements along an axis: \(shape)", location: location)
        }
        let sizes: [Int]
        switch self {
        case .explicit(let chunks):
            guard chunks.count == shape.count, zip(chunks, shape).allSatisfy({ $0.reduce(0, +) == $1 && $0.allSatisfy { $0 >= 0 } }) else {
                throw PlanError(.invalidArgument, "the chunks \(chunks) do not add up to the shape \(shape)", location: location)
            }
            return ChunkGrid(zip(chunks, shape).map { chunks, length in length == 0 ? [0] : chunks.filter { $0 > 0 } })
        case .uniform(let size): sizes = shape.map { _ in size }
        case .sizes(let list): sizes = list
        case .automatic: sizes = Self.automaticSizes(shape, elementBytes)
        }
        guard sizes.count == shape.count, sizes.allSatisfy({ $0 > 0 || $0 == -1 }) else {
            throw PlanError(
                .invalidArgument, "chunks of \(sizes) do not fit an array of shape \(shape)", location: location,
                hint: "give one size above zero for each axis, or -1 for the whole axis")
        }
        return ChunkGrid(zip(shape, sizes).map { length, size in Self.cut(length, size == -1 ? length : size) })
    }

    static func cut(_ length: Int, _ size: Int) -> [Int] {
        if length == 0 { return [0] }
        let size = min(max(size, 1), length)
        return Array(repeating: size, count: length / size) + (length % size == 0 ? [] : [length % size])
    }

    /// Halves the longest axis until a chunk is small enough; inner axes stay whole as long as outer ones can be cut.
    private static func automaticSizes(_ shape: [Int], _ elementBytes: Int) -> [Int] {
        var sizes = shape.map { max($0, 1) }
        while sizes.reduce(1, *) * elementBytes > automaticBytes, let axis = sizes.firstIndex(where: { $0 > 1 }) {
            let longest = sizes.indices.max { (sizes[$0], $1) < (sizes[$1], $0) } ?? axis
            sizes[longest] = (sizes[longest] + 1) / 2
        }
        return sizes
    }
}
