internal import SheafCore

extension NDArray {
    /// The positions of a map along one axis, everything along the others. The result's chunks follow this array's in size.
    func gathering(_ map: AxisMap, axis: Int, name: String, location: SourceLocation) -> NDArray {
        var maps = shape.map { AxisMap(whole: $0) }, chunks = self.chunks
        maps[axis] = map
        chunks[axis] = ChunkSizes.cut(map.count, Swift.max(chunks[axis].max() ?? 1, 1))
        return gathering(name, maps, chunks: chunks, location: location)
    }

    /// Shifted along the axes given, what leaves at one end coming back at the other; a positive shift moves to higher positions.
    ///
    /// - Parameter shifts: one for each axis; an axis may be named several times.
    public func rolled(by shifts: [Int], axes: [Int], fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        guard shifts.count == axes.count else {
            return refusing(
                PlanError(
                    .invalidArgument, "“roll” by \(shifts) along the axes \(axes): the lists differ in length", node: "roll",
                    location: location))
        }
        var total = shape.map { _ in 0 }
        for (shift, axis) in zip(shifts, axes) {
            guard let own = normalized(axis, rank: rank) else { return refusing(axisProblem(axis, rank: rank, "roll", location)) }
            if shape[own] > 0 { total[own] = (total[own] + shift % shape[own] + shape[own]) % shape[own] }
        }
        if total.allSatisfy({ $0 == 0 }) { return self }
        let maps = zip(shape, total).map { length, shift in
            var map = AxisMap()
            map.append(length - shift, shift)
            map.append(0, length - shift)
            return map
        }
        return gathering("roll", maps, chunks: chunks, location: location)
    }

    /// Shifted along one axis.
    public func rolled(by shift: Int, axis: Int, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        rolled(by: [shift], axes: [axis], fileID: fileID, line: line)
    }

    /// Shifted in C order, across the ends of rows.
    public func rolled(by shift: Int, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        return reshaped("roll", to: [count], location: location).rolled(by: shift, axis: 0, fileID: fileID, line: line)
            .reshaped("roll", to: shape, location: location)
    }

    /// Each element `count` times, one after the other, along an axis; or, without one, all elements in C order.
    public func repeated(_ count: Int, axis: Int? = nil, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        guard let axis else { return flattened(fileID: fileID, line: line).repeated(count, axis: 0, fileID: fileID, line: line) }
        guard let own = normalized(axis, rank: rank) else { return refusing(axisProblem(axis, rank: rank, "repeat", location)) }
        guard count >= 0 else { return refusing(countProblem("repeat", count, location)) }
        // An axis of views, merged with the one before it.
        var wide = shape, long = shape
        wide.insert(count, at: own + 1)
        long[own] *= count
        return expandingDimensions(at: own + 1, fileID: fileID, line: line).broadcast(to: wide, fileID: fileID, line: line)
            .reshaped("repeat", to: long, location: location)
    }

    /// Each position of an axis as many times as its count says.
    ///
    /// Problems: ``PlanError`` (`.shapeMismatch`) unless there is a count for each position.
    public func repeated(_ counts: [Int], axis: Int, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        guard let own = normalized(axis, rank: rank) else { return refusing(axisProblem(axis, rank: rank, "repeat", location)) }
        if let negative = counts.first(where: { $0 < 0 }) { return refusing(countProblem("repeat", negative, location)) }
        guard counts.count == shape[own] else {
            return refusing(
                PlanError(
                    .shapeMismatch, "“repeat” with \(counts.count) counts along axis \(axis) with \(shape[own]) elements", node: "repeat",
                    location: location))
        }
        var map = AxisMap()
        for (position, count) in counts.enumerated() { map.append(AxisRun(position, step: 0, count: count)) }
        return gathering(map, axis: own, name: "repeat", location: location)
    }

    /// The whole array, `counts` times along each axis. As in NumPy, the shorter of counts and shape is taken to begin with ones.
    public func tiled(_ counts: [Int], fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let location = SourceLocation(fileID: fileID, line: line)
        if let negative = counts.first(where: { $0 < 0 }) { return refusing(countProblem("tile", negative, location)) }
        let source = withAxes(atLeast: counts.count)
        let counts = Array(repeating: 1, count: source.rank - counts.count) + counts
        let maps = zip(source.shape, counts).map { length, count in
            var map = AxisMap()
            for _ in 0..<count { map.append(0, length) }
            return map
        }
        let chunks = zip(source.chunks, counts).map { sizes, count in
            let all = Array(repeating: sizes, count: count).flatMap(\.self).filter { $0 > 0 }
            return all.isEmpty ? [0] : all
        }
        return source.gathering("tile", maps, chunks: chunks, location: location)
    }

    private func countProblem(_ name: String, _ count: Int, _ location: SourceLocation) -> PlanError {
        PlanError(.invalidArgument, "“\(name)” \(count) times", node: name, location: location)
    }
}
