internal import SheafCore

extension DenseArray: CustomStringConvertible {
    /// The elements in nested brackets, as NumPy prints them: of long arrays only the first and the last three along each axis. An array without axes is its element.
    public var description: String {
        let elides = count > 1000
        let texts = Self.texts(self, elides)
        let width = texts.map(\.count).max() ?? 0
        var rest = texts[...]
        return rank == 0 ? texts[0] : text(axis: 0, elides, width, &rest)
    }

    private static var edge: Int { 3 }

    /// The positions along an axis that are shown.
    private func shown(_ axis: Int, _ elides: Bool) -> [Int] {
        let length = shape[axis]
        guard elides, length > 2 * Self.edge else { return Array(0..<length) }
        return Array(0..<Self.edge) + Array(length - Self.edge..<length)
    }

    /// The shown elements' texts, in C order.
    private static func texts(_ array: DenseArray, _ elides: Bool) -> [String] {
        var offsets = [0]
        for axis in array.shape.indices {
            let steps = array.shown(axis, elides).map { $0 * array.strides[axis] }
            offsets = offsets.flatMap { offset in steps.map { offset + $0 } }
        }
        return withExtendedLifetime(array.storage) { offsets.map { String(describing: array.base[$0]) } }
    }

    private func text(axis: Int, _ elides: Bool, _ width: Int, _ rest: inout ArraySlice<String>) -> String {
        let isLast = axis == rank - 1, positions = shown(axis, elides)
        var parts: [String] = []
        for (index, position) in positions.enumerated() {
            if index > 0, position != positions[index - 1] + 1 { parts.append("…") }
            if isLast {
                let text = rest.removeFirst()
                parts.append(String(repeating: " ", count: width - text.count) + text)
            } else {
                parts.append(self.text(axis: axis + 1, elides, width, &rest))
            }
        }
        let indent = "\n" + String(repeating: " ", count: axis + 1)
        return "[" + parts.joined(separator: isLast ? " " : indent) + "]"
    }
}

extension NDArray: CustomStringConvertible {
    /// Shape, chunks and element type; the elements are not computed.
    public var description: String {
        let sizes = chunks.map { sizes in
            sizes.allSatisfy { $0 == sizes.first }
                ? "\(sizes.first ?? 0)"
                : sizes.count > 1 && sizes.dropLast().allSatisfy { $0 == sizes[0] }
                    ? "\(sizes[0])" : "\(sizes)"
        }
        return "NDArray<\(Scalar.self)>(shape: \(shape), chunks: [\(sizes.joined(separator: ", "))], operation: \(node.operation.label))"
    }
}
