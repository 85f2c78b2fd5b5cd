public import SheafCore

extension Bag {
    /// The graph that `collect` would run, and its outputs; for pictures and plans. Looks at input files, runs nothing.
    ///
    /// - Throws: ``PlanError``.
    public func graph(fileID: StaticString = #fileID, line: UInt = #line) throws -> (graph: Graph, outputs: [NodeID]) {
        let lowering = BagLowering(session: session)
        let outputs = lowering.consume(
            try lower(lowering), Operation("collect"), location: SourceLocation(fileID: fileID, line: line), resultBytes: { $0 }
        ) { _, _, iterate -> [Element] in
            throw PlanError(.unsupported, "a graph made to be looked at does not run", hint: "use collect()")
        }
        return (lowering.graph, outputs)
    }
}
