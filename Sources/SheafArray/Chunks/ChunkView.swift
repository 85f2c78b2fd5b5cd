/// A strided array without its type: what generic loops over chunks read.
@usableFromInline
struct ChunkView {
    var base: UnsafeRawPointer
    /// Without axes of one element, and with adjacent axes that are one run merged; never empty.
    private(set) var shape: [Int]
    /// In elements; 0 where broadcast.
    private(set) var strides: [Int]
    var elementBytes: Int

    @usableFromInline
    init(base: UnsafeRawPointer, shape: [Int], strides: [Int], elementBytes: Int) {
        self.base = base
        self.elementBytes = elementBytes
        var merged: [Int] = [], steps: [Int] = []
        for axis in shape.indices where shape[axis] != 1 {
            if let last = steps.last, last == strides[axis] * shape[axis] {
                merged[merged.count - 1] *= shape[axis]
                steps[steps.count - 1] = strides[axis]
            } else {
                merged.append(shape[axis])
                steps.append(strides[axis])
            }
        }
        if merged.isEmpty { (merged, steps) = ([1], [0]) }
        self.shape = merged
        self.strides = steps
    }

    /// Whether a range of elements in C order is a range of memory.
    var isContiguous: Bool { shape.count == 1 && (strides[0] == 1 || shape[0] == 1) }
    /// Whether all elements are one.
    var isScalar: Bool { shape.count == 1 && strides[0] == 0 }

    /// Copies the elements `start..<start + count`, counted in C order, one after the other.
    @usableFromInline
    func gather(_ start: Int, _ count: Int, into out: UnsafeMutableRawPointer) {
        forEachRun(start, count) { position, offset, length, stride in
            copyRun(base + offset * elementBytes, stride, out + position * elementBytes, 1, length, elementBytes)
        }
    }

    /// Copies elements that lie one after the other to the places `start..<start + count`, counted in C order.
    func scatter(_ start: Int, _ count: Int, from source: UnsafeRawPointer) {
        let base = UnsafeMutableRawPointer(mutating: base)
        forEachRun(start, count) { position, offset, length, stride in
            copyRun(source + position * elementBytes, 1, base + offset * elementBytes, stride, length, elementBytes)
        }
    }

    /// Splits a range of C order into runs of equal stride: position in the range, offset in elements, length, stride.
    private func forEachRun(_ start: Int, _ count: Int, _ body: (Int, Int, Int, Int) -> Void) {
        let last = shape.count - 1
        let inner = shape[last], stride = strides[last]
        var coordinates = shape
        var rest = start, offset = 0
        for axis in Swift.stride(from: last, through: 0, by: -1) {
            coordinates[axis] = rest % shape[axis]
            rest /= shape[axis]
            offset += coordinates[axis] * strides[axis]
        }
        var position = 0
        while position < count {
            let length = min(inner - coordinates[last], count - position)
            body(position, offset, length, stride)
            position += length
            coordinates[last] += length
            offset += length * stride
            var axis = last
            while axis > 0, coordinates[axis] == shape[axis] {
                offset -= shape[axis] * strides[axis]
                coordinates[axis] = 0
                axis -= 1
                coordinates[axis] += 1
                offset += strides[axis]
            }
        }
    }
}

/// Copies `count` elements of 1, 2, 4, 8 or 16 bytes (or any other number) between two runs with strides in elements.
func copyRun(
    _ source: UnsafeRawPointer, _ sourceStride: Int, _ target: UnsafeMutableRawPointer, _ targetStride: Int, _ count: Int,
    _ elementBytes: Int
) {
    if sourceStride == 1 && targetStride == 1 { return target.copyMemory(from: source, byteCount: count * elementBytes) }
    switch elementBytes {
    case 1: copyStrided(source, sourceStride, target, targetStride, count, as: UInt8.self)
    case 2: copyStrided(source, sourceStride, target, targetStride, count, as: UInt16.self)
    case 4: copyStrided(source, sourceStride, target, targetStride, count, as: UInt32.self)
    case 8: copyStrided(source, sourceStride, target, targetStride, count, as: UInt64.self)
    case 16: copyStrided(source, sourceStride, target, targetStride, count, as: SIMD2<UInt64>.self)
    default:
        for index in 0..<count {
            (target + index * targetStride * elementBytes)
                .copyMemory(from: source + index * sourceStride * elementBytes, byteCount: elementBytes)
        }
    }
}

@inline(__always)
private func copyStrided<T>(
    _ source: UnsafeRawPointer, _ sourceStride: Int, _ target: UnsafeMutableRawPointer, _ targetStride: Int, _ count: Int, as: T.Type
) {
    let source = source.assumingMemoryBound(to: T.self), target = target.assumingMemoryBound(to: T.self)
    if targetStride == 1 {
        if sourceStride == 0 {
            let value = source.pointee
            for index in 0..<count { target[index] = value }
        } else {
            for index in 0..<count { target[index] = source[index * sourceStride] }
        }
    } else {
        for index in 0..<count { target[index * targetStride] = source[index * sourceStride] }
    }
}
