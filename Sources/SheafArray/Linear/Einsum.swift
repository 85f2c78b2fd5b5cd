public import SheafCore

extension Session {
    /// Products of arrays summed over labelled axes, as NumPy's `einsum`.
    ///
    /// ```swift
    /// session.einsum("ij,jk->ik", a, b)          // a.matmul(b)
    /// session.einsum("bij,bj->bi", a, x)         // a matrix and a vector for each b
    /// session.einsum("ii->i", a)                 // the diagonal
    /// ```
    ///
    /// Axes of one label have one length, or length 1, which repeats. Labels that the part after `->` lacks are summed over; without that
    /// part the result has the labels that occur once, in alphabetical order. `...` stands for the axes that have no label, which
    /// broadcast. Two arrays at a time are multiplied, those first that leave the smallest product, with BLAS where elements are
    /// floating-point numbers.
    ///
    /// - Note: Problems of the plan are kept: ``PlanError`` (`.invalidArgument`) for subscripts that cannot be read or do not fit the
    ///   number of arrays and axes, (`.shapeMismatch`) for axes of one label whose lengths differ.
    public func einsum<Scalar: ArrayNumber>(
        _ subscripts: String, _ operands: NDArray<Scalar>..., fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        einsum(subscripts, operands, fileID: fileID, line: line)
    }

    /// Products of arrays summed over labelled axes; see ``einsum(_:_:fileID:line:)-…``.
    public func einsum<Scalar: ArrayNumber>(
        _ subscripts: String, _ operands: [NDArray<Scalar>], fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar> {
        let location = SourceLocation(fileID: fileID, line: line)
        do {
            let parsed = try Subscripts(subscripts, shapes: operands.map(\.shape), location)
            var evaluation = Evaluation<Scalar>(operands.map(\.node), parsed, location)
            return NDArray(self, evaluation.node())
        } catch {
            return NDArray(
                self,
                TaskNode<Scalar>(
                    Operation("einsum"), grid: ChunkGrid(whole: []), after: operands.map(\.node), location: location, problem: error
                ) { _ in [] })
        }
    }
}

/// What the subscripts say: a label for each axis of each array.
private struct Subscripts {
    var operands: [[Int]]
    let result: [Int]
    /// The length of each label's axes.
    let lengths: [Int: Int]

    init(_ text: String, shapes: [[Int]], _ location: SourceLocation) throws(PlanError) {
        func wrong(_ reason: String, _ code: ErrorCode = .invalidArgument) -> PlanError {
            PlanError(
                code, "einsum cannot use “\(text)” for arrays of the shapes \(shapes.map { "\($0)" }.joined(separator: ", ")): \(reason)",
                node: "einsum", location: location, hint: "write a letter for each axis, as in “ij,jk->ik”")
        }
        let squeezed = text.filter { $0 != " " }
        let sides = squeezed.split(separator: ">", omittingEmptySubsequences: false)
        guard sides.count <= 2, sides.count == 1 || sides[0].hasSuffix("-") else { throw wrong("there is more than one arrow") }
        let inputs = (sides.count == 2 ? sides[0].dropLast() : sides[0]).split(separator: ",", omittingEmptySubsequences: false)
        guard inputs.count == shapes.count, !shapes.isEmpty else { throw wrong("it is for \(inputs.count) arrays, not \(shapes.count)") }
        // The axes under an ellipsis have negative labels, -1 for the last.
        func labels(_ part: Substring, axes: Int?) throws(PlanError) -> [Int] {
            let pieces = part.replacing("...", with: ".").split(separator: ".", omittingEmptySubsequences: false)
            guard pieces.count <= 2, let first = pieces.first else { throw wrong("an array has one ellipsis at most") }
            let letters = pieces.map { $0.unicodeScalars.map { Int($0.value) } }
            for scalar in pieces.joined().unicodeScalars where !("a"..."z").contains(scalar) && !("A"..."Z").contains(scalar) {
                throw wrong("“\(scalar)” is not a letter")
            }
            _ = first
            let named = letters.reduce(0) { $0 + $1.count }
            guard let axes else { return letters[0] + (pieces.count == 2 ? [Int.min] + letters[1] : []) }
            guard pieces.count == 2 ? named <= axes : named == axes else {
                throw wrong("“\(part)” is not for an array of \(axes) axes")
            }
            if pieces.count == 1 { return letters[0] }
            return letters[0] + (0..<(axes - named)).reversed().map { -1 - $0 } + letters[1]
        }
        var operands: [[Int]] = []
        for (part, shape) in zip(inputs, shapes) { operands.append(try labels(part, axes: shape.count)) }
        let ellipsis = Set(operands.joined().filter { $0 < 0 }).sorted()
        if sides.count == 2 {
            result = try labels(sides[1], axes: nil).flatMap { $0 == Int.min ? ellipsis : [$0] }
        } else {
            var counts: [Int: Int] = [:]
            for label in operands.joined() { counts[label, default: 0] += 1 }
            result = ellipsis + counts.filter { $0.value == 1 && $0.key >= 0 }.keys.sorted()
        }
        let known = Set(operands.joined())
        guard Set(result).count == result.count, known.isSuperset(of: result) else {
            throw wrong("the result has a label twice, or one that no array has")
        }
        guard sides.count == 1 || Set(result).isSuperset(of: ellipsis) else { throw wrong("the result lacks the ellipsis") }
        var lengths: [Int: Int] = [:]
        for (list, shape) in zip(operands, shapes) {
            for (label, length) in zip(list, shape) {
                let sofar = lengths[label] ?? 1
                guard sofar == length || sofar == 1 || length == 1 else {
                    let name = label < 0 ? "..." : Unicode.Scalar(UInt32(label)).map { "\($0)" } ?? "?"
                    throw wrong("axes of “\(name)” have \(sofar) and \(length) elements", .shapeMismatch)
                }
                lengths[label] = sofar == 1 ? length : sofar
            }
        }
        self.operands = operands
        self.lengths = lengths
    }
}

/// Multiplies arrays pair by pair.
private struct Evaluation<Scalar: ArrayNumber> {
    private struct Term {
        var node: ArrayNode
        /// `nil` for an axis of length 1 that repeats, and is left out.
        var labels: [Int?]
        var labelSet: Set<Int> { Set(labels.compactMap { $0 }) }
    }
    private var terms: [Term] = []
    private let subscripts: Subscripts
    private let location: SourceLocation

    init(_ nodes: [ArrayNode], _ subscripts: Subscripts, _ location: SourceLocation) {
        self.subscripts = subscripts
        self.location = location
        for (node, labels) in zip(nodes, subscripts.operands) {
            let (diagonal, kept) = Self.diagonal(node, labels, location)
            let fitted = kept.enumerated().map { axis, label in
                diagonal.grid.shape[axis] == 1 && subscripts.lengths[label] != 1 ? nil : label
            }
            terms.append(Term(node: diagonal, labels: fitted))
        }
        // What only one array has, and the result has not, is summed over first.
        for index in terms.indices {
            let others = terms.indices.filter { $0 != index }.reduce(into: Set(subscripts.result)) { $0.formUnion(terms[$1].labelSet) }
            let lonely = terms[index].labels.compactMap { $0 }.filter { !others.contains($0) }
            if !lonely.isEmpty { terms[index] = summed(terms[index], over: lonely) }
        }
    }

    /// By multiplication with ones.
    private func summed(_ term: Term, over labels: [Int]) -> Term {
        let grid = ChunkGrid(labels.map { label in term.labels.firstIndex { $0 == label }.map { term.node.grid.chunks[$0] } ?? [1] })
        let ones = constantNode(Scalar.oneValue, grid: grid, name: "ones", location: location)
        let kept = term.labels.compactMap { $0 }.filter { !labels.contains($0) }
        let plan = ContractionPlan(left: term.labels, right: labels, result: kept)
        return Term(node: plan.node("einsum", term.node, ones, as: Scalar.self, location: location), labels: kept)
    }

    /// The array's diagonal, where two axes have one label.
    private static func diagonal(_ node: ArrayNode, _ labels: [Int], _ location: SourceLocation) -> (ArrayNode, [Int]) {
        let kept = labels.indices.filter { labels.firstIndex(of: labels[$0]) == $0 }.map { labels[$0] }
        if kept.count == labels.count { return (node, labels) }
        // An axis of length 1 repeats along one of another length.
        let first = kept.map { label in
            labels.indices.filter { labels[$0] == label }.max { node.grid.shape[$0] < node.grid.shape[$1] } ?? 0
        }
        let axisOf = labels.map { label in first[kept.firstIndex(of: label) ?? 0] }
        let cut = node.recut(
            ChunkGrid(
                labels.indices.map { axis in
                    node.grid.shape[axis] == 1 ? node.grid.chunks[axis] : node.grid.chunks[axisOf[axis]]
                }))
        let grid = ChunkGrid(first.map { cut.grid.chunks[$0] })
        return (
            TaskNode<Scalar>(Operation("diagonal"), grid: grid, after: [cut], location: location) { lowering in
                let chunks = try lowering.chunks(of: cut)
                let view = lowering.function(Operation("diagonal")) { scope in
                    let chunk = scope.argument(0, as: DenseArray<Scalar>.self)
                    let strides = first.map { axis in
                        labels.indices.reduce(0) { $0 + (axisOf[$1] == axis && chunk.shape[$1] != 1 ? chunk.strides[$1] : 0) }
                    }
                    return TypedValue(chunk.viewed(shape: first.map { chunk.shape[$0] }, strides: strides))
                }
                var made: [Graph.Argument] = []
                lowering.forEachChunk(grid) { _, coordinates in
                    let place = labels.indices.map { axis in
                        cut.grid.shape[axis] == 1 ? 0 : coordinates[kept.firstIndex(of: labels[axis]) ?? 0]
                    }
                    made.append(lowering.add(view, [chunks[cut.grid.index(place)]], location: location))
                }
                return made
            }, kept
        )
    }

    mutating func node() -> ArrayNode {
        while terms.count > 1 {
            var best = (size: Double.infinity, pair: (0, 1))
            for first in terms.indices {
                for second in terms.indices where second > first {
                    let size = kept(first, second).reduce(1.0) { $0 * Double(subscripts.lengths[$1] ?? 1) }
                    if size < best.size { best = (size, (first, second)) }
                }
            }
            let (first, second) = best.pair
            let labels = terms.count == 2 ? subscripts.result : kept(first, second)
            let plan = ContractionPlan(left: terms[first].labels, right: terms[second].labels, result: labels)
            let node = plan.node("einsum", terms[first].node, terms[second].node, as: Scalar.self, location: location)
            terms[first] = Term(node: node, labels: labels)
            terms.remove(at: second)
        }
        let last = terms[0]
        if last.labels == subscripts.result { return last.node }
        let order = subscripts.result.map { label in last.labels.firstIndex { $0 == label } ?? 0 }
        return last.node.permuted(order, as: Scalar.self, location: location)
    }

    /// The labels that the product of two arrays needs to have.
    private func kept(_ first: Int, _ second: Int) -> [Int] {
        let needed = terms.indices.filter { $0 != first && $0 != second }
            .reduce(into: Set(subscripts.result)) { $0.formUnion(terms[$1].labelSet) }
        var kept: [Int] = []
        for label in terms[first].labels + terms[second].labels {
            if let label, needed.contains(label), !kept.contains(label) { kept.append(label) }
        }
        return kept
    }
}

extension ArrayNode {
    /// The axes in another order; axes that the order leaves out have length 1. Chunks are views.
    func permuted<Scalar: ArrayScalar>(_ order: [Int], as: Scalar.Type, location: SourceLocation) -> TaskNode<Scalar> {
        let result = ChunkGrid(order.map { grid.chunks[$0] })
        return TaskNode<Scalar>(Operation("transpose"), grid: result, after: [self], location: location) { [self] lowering in
            let chunks = try lowering.chunks(of: self)
            let view = lowering.function(Operation("transpose")) { scope in
                TypedValue(scope.argument(0, as: DenseArray<Scalar>.self).transposed(order))
            }
            var made: [Graph.Argument] = []
            lowering.forEachChunk(result) { _, coordinates in
                var place = [Int](repeating: 0, count: grid.rank)
                for (axis, source) in order.enumerated() { place[source] = coordinates[axis] }
                made.append(lowering.add(view, [chunks[grid.index(place)]], location: location))
            }
            return made
        }
    }
}
