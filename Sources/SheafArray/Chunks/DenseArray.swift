internal import SheafCore

/// An array in memory: what `compute()` returns, and what one chunk of an ``NDArray`` is.
///
/// A shape, and a stride per axis (in elements; 0 where an axis is broadcast) into shared, immutable storage, so that slices,
/// transposes and broadcasts are views. Axes are in C order unless a view says otherwise.
///
/// - Note: A `Sendable` value type; copying shares the storage. Its elements are of trivial types: numbers, or structs of them.
public struct DenseArray<Element: Sendable>: @unchecked Sendable {
    public let shape: [Int]
    /// In elements, one for each axis.
    public let strides: [Int]
    /// The first element.
    @usableFromInline let base: UnsafeMutablePointer<Element>
    @usableFromInline let storage: ChunkStorage

    @usableFromInline
    init(shape: [Int], strides: [Int], base: UnsafeMutablePointer<Element>, storage: ChunkStorage) {
        self.shape = shape
        self.strides = strides
        self.base = base
        self.storage = storage
    }

    /// An array whose elements `initialize` sets, given its contiguous, uninitialised elements in C order.
    @inlinable
    public init(shape: [Int], _ initialize: (UnsafeMutableBufferPointer<Element>) throws -> Void) rethrows {
        let count = shape.reduce(1, *)
        let storage = ChunkStorage(byteCount: count * MemoryLayout<Element>.stride)
        let base = storage.base.bindMemory(to: Element.self, capacity: count)
        try initialize(UnsafeMutableBufferPointer(start: base, count: count))
        self.init(shape: shape, strides: contiguousStrides(shape), base: base, storage: storage)
    }

    /// - Precondition: `elements` has as many elements as `shape` says; C order.
    @inlinable
    public init(_ elements: some Collection<Element>, shape: [Int]) {
        precondition(elements.count == shape.reduce(1, *), "\(elements.count) elements do not fill the shape \(shape)")
        self.init(shape: shape) { buffer in _ = buffer.initialize(from: elements) }
    }

    /// An array of one axis.
    @inlinable
    public init(_ elements: some Collection<Element>) { self.init(elements, shape: [elements.count]) }

    @inlinable
    public init(repeating element: Element, shape: [Int]) {
        self.init(shape: shape) { $0.initialize(repeating: element) }
    }

    /// Elements in all.
    @inlinable public var count: Int { shape.reduce(1, *) }
    /// Axes.
    @inlinable public var rank: Int { shape.count }

    /// Whether the elements lie next to each other in C order.
    @inlinable
    public var isContiguous: Bool {
        var expected = 1
        for axis in shape.indices.reversed() where shape[axis] != 1 {
            if strides[axis] != expected { return shape.contains(0) }
            expected *= shape[axis]
        }
        return true
    }

    /// The element at an index for each axis.
    @inlinable
    public subscript(_ indices: Int...) -> Element { self[indices] }

    @inlinable
    public subscript(_ indices: [Int]) -> Element {
        precondition(indices.count == shape.count, "\(indices.count) indices into an array of \(shape.count) axes")
        var offset = 0
        for axis in indices.indices {
            precondition(
                indices[axis] >= 0 && indices[axis] < shape[axis], "index \(indices[axis]) out of range for axis \(axis) of \(shape[axis])")
            offset += indices[axis] * strides[axis]
        }
        return base[offset]
    }

    /// The only element of an array of one element.
    @inlinable
    public var item: Element {
        precondition(count == 1, "an array of shape \(shape) is not a single element")
        return base.pointee
    }

    /// Calls `body` with the elements in C order, copied first if they do not lie so.
    @inlinable
    public func withUnsafeBufferPointer<R>(_ body: (UnsafeBufferPointer<Element>) throws -> R) rethrows -> R {
        let dense = contiguous()
        return try withExtendedLifetime(dense.storage) {
            try body(UnsafeBufferPointer(start: dense.base, count: dense.count))
        }
    }

    /// The elements in C order.
    @inlinable
    public var elements: [Element] { withUnsafeBufferPointer { Array($0) } }

    /// The same elements, next to each other in C order; the array itself if they are already.
    @inlinable
    public func contiguous() -> DenseArray {
        if isContiguous { return self }
        return packed()
    }

    /// The same elements seen in another way.
    @usableFromInline
    func viewed(shape: [Int], strides: [Int], offset: Int = 0) -> DenseArray {
        DenseArray(shape: shape, strides: strides, base: base + offset, storage: storage)
    }

    /// The same elements, repeated along new leading axes and along axes of length 1, as NumPy broadcasts.
    ///
    /// - Precondition: the other axes have the lengths of `shape`.
    public func broadcast(to shape: [Int]) -> DenseArray {
        let added = shape.count - self.shape.count
        precondition(added >= 0, "an array of \(self.shape.count) axes has no shape of \(shape.count)")
        let strides = shape.indices.map { axis in
            if axis < added { return 0 }
            let length = self.shape[axis - added]
            precondition(length == shape[axis] || length == 1, "the shape \(self.shape) does not broadcast to \(shape)")
            return length == shape[axis] ? self.strides[axis - added] : 0
        }
        return viewed(shape: shape, strides: strides)
    }

    /// With axes in another order.
    public func transposed(_ axes: [Int]) -> DenseArray {
        viewed(shape: axes.map { shape[$0] }, strides: axes.map { strides[$0] })
    }

    /// With axes reversed.
    public func transposed() -> DenseArray { transposed(Array(shape.indices.reversed())) }

    /// The box that starts at `start`.
    public func box(_ region: Region) -> DenseArray {
        viewed(shape: region.shape, strides: strides, offset: zip(region.start, strides).reduce(0) { $0 + $1.0 * $1.1 })
    }

    /// The same elements under another shape of the same count.
    public func reshaped(_ shape: [Int]) -> DenseArray {
        let dense = contiguous()
        return dense.viewed(shape: shape, strides: contiguousStrides(shape))
    }

    @usableFromInline
    var view: ChunkView {
        ChunkView(base: UnsafeRawPointer(base), shape: shape, strides: strides, elementBytes: MemoryLayout<Element>.stride)
    }
}

/// The strides, in elements, of a contiguous array in C order.
@inlinable
func contiguousStrides(_ shape: [Int]) -> [Int] {
    var strides = shape
    var product = 1
    for axis in shape.indices.reversed() {
        strides[axis] = product
        product *= max(shape[axis], 1)
    }
    return strides
}

extension DenseArray: Equatable where Element: Equatable {
    public static func == (left: DenseArray, right: DenseArray) -> Bool {
        left.shape == right.shape
            && left.withUnsafeBufferPointer { a in right.withUnsafeBufferPointer { b in zip(a, b).allSatisfy { $0 == $1 } } }
    }
}
