internal import SheafCore

/// What lies beyond the ends of an array that is padded.
public enum PaddingMode<Scalar: ArrayScalar>: Sendable {
    case constant(Scalar)
    /// The element at the end.
    case edge
    /// The array reflected at its last element, which does not repeat: `d c b | a b c d | c b a`.
    case reflect
    /// The array reflected at its end: `b a | a b c d | d c`.
    case symmetric
    /// The array again: `c d | a b c d | a b`.
    case wrap
}

extension NDArray {
    /// With elements before and after along each axis, as NumPy's `pad`.
    ///
    /// Problems: ``PlanError`` (`.invalidArgument`) for negative widths, for other than one width per axis, and for an axis of no elements
    /// that is to be padded from its own.
    public func padded(
        _ widths: [(before: Int, after: Int)], mode: PaddingMode<Scalar> = .constant(.zeroValue), fileID: StaticString = #fileID,
        line: UInt = #line
    ) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        func problem(_ message: String) -> NDArray {
            refusing(PlanError(.invalidArgument, message, node: "pad", location: location))
        }
        guard widths.count == rank else { return problem("“pad” with \(widths.count) widths; the shape is \(shape)") }
        guard widths.allSatisfy({ $0.before >= 0 && $0.after >= 0 }) else { return problem("“pad” by a negative width: \(widths)") }
        var fill: Scalar?
        if case .constant(let value) = mode { fill = value }
        if fill == nil, let axis = shape.indices.first(where: { shape[$0] == 0 && widths[$0] != (0, 0) }) {
            return problem("“pad” of axis \(axis) from its own elements, of which there are none; the shape is \(shape)")
        }
        let maps = zip(shape, widths).map { mode.map($0, before: $1.before, after: $1.after) }
        let chunks = zip(self.chunks, widths).map { sizes, width in
            // Narrow padding joins the first and last chunks.
            let largest = Swift.max(sizes.max() ?? 1, 1)
            var sizes = sizes
            var ends: (first: [Int], last: [Int]) = ([], [])
            if width.before <= largest { sizes[0] += width.before } else { ends.first = ChunkSizes.cut(width.before, largest) }
            if width.after <= largest { sizes[sizes.count - 1] += width.after } else { ends.last = ChunkSizes.cut(width.after, largest) }
            let all = (ends.first + sizes + ends.last).filter { $0 > 0 }
            return all.isEmpty ? [0] : all
        }
        return gathering("pad", maps, chunks: chunks, fill: fill, location: location)
    }

    /// With `width` elements at both ends of every axis.
    public func padded(
        _ width: Int, mode: PaddingMode<Scalar> = .constant(.zeroValue), fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
        padded(Array(repeating: (width, width), count: rank), mode: mode, fileID: fileID, line: line)
    }
}

extension PaddingMode {
    /// An axis with padding.
    func map(_ length: Int, before: Int, after: Int) -> AxisMap {
        var map = AxisMap()
        append(-before..<0, length, to: &map)
        map.append(0, length)
        append(length..<(length + after), length, to: &map)
        return map
    }

    /// The positions that stand in for those of a range, which may lie outside the axis.
    func append(_ range: Range<Int>, _ length: Int, to map: inout AxisMap) {
        switch self {
        case .constant:
            let before = range.prefix { $0 < 0 }, inside = range.clamped(to: 0..<max(length, 0))
            map.append(AxisRun(nil, step: 0, count: before.count))
            map.append(inside.lowerBound, inside.count)
            map.append(AxisRun(nil, step: 0, count: range.count - before.count - inside.count))
        case .edge: map.append(range.lazy.map { min(max($0, 0), length - 1) })
        case .wrap: map.append(range.lazy.map { floorDivided($0, length).remainder })
        case .symmetric:
            map.append(
                range.lazy.map { position in
                    let place = floorDivided(position, 2 * length).remainder
                    return place < length ? place : 2 * length - 1 - place
                })
        case .reflect:
            map.append(
                range.lazy.map { position in
                    if length == 1 { return 0 }
                    let place = floorDivided(position, 2 * (length - 1)).remainder
                    return place < length ? place : 2 * (length - 1) - place
                })
        }
    }
}
