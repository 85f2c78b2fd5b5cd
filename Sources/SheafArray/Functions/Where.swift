internal import SheafCore

extension NDArray where Scalar == Bool {
    /// The elements of `a` where this array is true, else those of `b`; all three are broadcast to one shape. NumPy's `where`.
    public func select<Value: ArrayScalar>(
        _ a: NDArray<Value>, _ b: NDArray<Value>, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Value> {
        let location = SourceLocation(fileID: fileID, line: line)
        let aligned = Alignment("where", [node, a.node, b.node], session: session, location: location)
        return NDArray<Value>(
            session,
            ElementNode<Value>(
                Operation("where"), grid: aligned.grid, operands: aligned.operands,
                kernel: .ternary { which, a, b, out, count in
                    Value.selectLoop(
                        which.assumingMemoryBound(to: Bool.self), a.assumingMemoryBound(to: Value.self),
                        b.assumingMemoryBound(to: Value.self), out.assumingMemoryBound(to: Value.self), count)
                }, location: location, problem: aligned.problem))
    }

    /// The elements of `a` where this array is true, else `b`.
    public func select<Value: ArrayScalar>(
        _ a: NDArray<Value>, _ b: Value, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Value> {
        select(a, a.constant(b), fileID: fileID, line: line)
    }

    /// `a` where this array is true, else the elements of `b`.
    public func select<Value: ArrayScalar>(
        _ a: Value, _ b: NDArray<Value>, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Value> {
        select(b.constant(a), b, fileID: fileID, line: line)
    }

    /// `a` where this array is true, else `b`.
    public func select<Value: ArrayScalar>(
        _ a: Value, _ b: Value, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Value> {
        let template = NDArray<Value>(session, constantNode(a, grid: ChunkGrid(whole: []), name: "constant", location: node.location))
        return select(template, template.constant(b), fileID: fileID, line: line)
    }
}

/// The elements of `a` where the condition is true, else those of `b`, broadcast: NumPy's `where`.
public func `where`<Value: ArrayScalar>(
    _ condition: NDArray<Bool>, _ a: NDArray<Value>, _ b: NDArray<Value>, fileID: StaticString = #fileID, line: UInt = #line
) -> NDArray<Value> {
    condition.select(a, b, fileID: fileID, line: line)
}

/// The elements of `a` where the condition is true, else `b`.
public func `where`<Value: ArrayScalar>(
    _ condition: NDArray<Bool>, _ a: NDArray<Value>, _ b: Value, fileID: StaticString = #fileID, line: UInt = #line
) -> NDArray<Value> {
    condition.select(a, b, fileID: fileID, line: line)
}

/// `a` where the condition is true, else the elements of `b`.
public func `where`<Value: ArrayScalar>(
    _ condition: NDArray<Bool>, _ a: Value, _ b: NDArray<Value>, fileID: StaticString = #fileID, line: UInt = #line
) -> NDArray<Value> {
    condition.select(a, b, fileID: fileID, line: line)
}
