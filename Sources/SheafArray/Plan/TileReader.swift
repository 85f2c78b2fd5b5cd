internal import SheafCore

/// Evaluates a tile program on one chunk, in one task. Not thread-safe.
final class TileReader {
    /// The chunk's place in the array.
    let region: Region
    let count: Int
    private let program: TileProgram
    private let memory: UnsafeMutableRawPointer
    private let pointers: UnsafeMutablePointer<UnsafeMutableRawPointer>
    private let scope: TaskScope
    /// Leaves whose elements are read where they lie. Behind a pointer, as the steps are, so that reading a tile counts no references.
    private let direct: UnsafeMutableBufferPointer<DirectLeaf>
    private let steps: UnsafeMutableBufferPointer<Unmanaged<TileStep>>
    /// Leaves whose elements are first brought together.
    private var gathered: [(register: Int, view: ChunkView)] = []
    private var owners: [AnyObject] = []
    /// The register of the result, the bytes of its elements, and whether the last step writes it.
    private let root: Int, rootBytes: Int, writesRoot: Bool
    /// The position of the first of the task's arguments that is no chunk of the program's.
    let firstExtraArgument: Int
    /// Elements that ``read(_:_:)`` takes at most.
    let capacity: Int

    private struct DirectLeaf { var register: Int; var base: UnsafeRawPointer; var elementBytes: Int }

    /// - Parameter first: the position of the leaves' chunks among the task's arguments.
    init(_ program: TileProgram, region: Region, scope: TaskScope, first: Int) {
        self.program = program
        self.region = region
        self.scope = scope
        count = region.count
        root = program.root
        rootBytes = program.elementBytes[program.root]
        writesRoot = program.steps.last?.output == program.root
        firstExtraArgument = first + program.leaves.count
        // Where nothing is stored in between, what is read need not stay in the cache.
        let storesNothing = program.steps.isEmpty || (program.endsInProduct && program.steps.count == 1)
        capacity = max(min(storesNothing ? 8 * TileProgram.tile : TileProgram.tile, count), 1)
        // A load whose address differs from that of a store just before it by a multiple of 4 KiB waits for it. Slots that lie a
        // quarter of that further apart than a multiple are never read a little behind where another is written.
        let slotBytes = (capacity * program.slotElementBytes + 4095) / 4096 * 4096 + 1024
        memory = .allocate(byteCount: program.slotCount * slotBytes + 1024, alignment: 4096)
        pointers = .allocate(capacity: program.slots.count)
        for (register, slot) in program.slots.enumerated() { (pointers + register).initialize(to: memory + 1024 + slot * slotBytes) }
        var direct: [DirectLeaf] = []
        for (index, leaf) in program.leaves.enumerated() {
            let (aligned, owner) = leaf.view(scope, first + index, broadcastTo: region.shape)
            owners.append(owner)
            if aligned.isScalar && count > 1 {
                copyRun(aligned.base, 0, pointers[index], 1, capacity, aligned.elementBytes)
            } else if aligned.isContiguous {
                direct.append(DirectLeaf(register: index, base: aligned.base, elementBytes: aligned.elementBytes))
            } else {
                gathered.append((index, aligned))
            }
        }
        self.direct = .allocate(capacity: direct.count)
        _ = self.direct.initialize(from: direct)
        steps = .allocate(capacity: program.steps.count)
        // The program holds the steps for as long as this lives.
        _ = steps.initialize(from: program.steps.map { Unmanaged.passUnretained($0) })
        for (register, fill) in program.constants { fill(pointers[register], capacity) }
    }

    deinit {
        memory.deallocate()
        pointers.deallocate()
        direct.deallocate()
        steps.deallocate()
    }

    /// The elements `start..<start + count` of the chunk, in C order; valid until the next call.
    ///
    /// - Precondition: `count` is at most ``capacity``.
    func read(_ start: Int, _ count: Int, into output: UnsafeMutableRawPointer? = nil) throws -> UnsafeRawPointer {
        bringLeaves(start, count)
        // The last operation writes right where the caller wants the elements.
        let own = pointers[root]
        if writesRoot, let output { pointers[root] = output }
        defer { if writesRoot { pointers[root] = own } }
        for step in steps { try step._withUnsafeGuaranteedRef { try $0.run(pointers, region, start, count) } }
        let result = pointers[root]
        if let output, result != output { output.copyMemory(from: result, byteCount: count * rootBytes) }
        return UnsafeRawPointer(output ?? result)
    }

    /// Whether the last operation multiplies two registers.
    var endsInProduct: Bool { program.endsInProduct }

    /// The factors of the products that ``read(_:_:into:)`` would return.
    ///
    /// - Precondition: ``endsInProduct``.
    func readFactors(_ start: Int, _ count: Int) throws -> (UnsafeRawPointer, UnsafeRawPointer) {
        bringLeaves(start, count)
        for step in steps.dropLast() { try step._withUnsafeGuaranteedRef { try $0.run(pointers, region, start, count) } }
        let factors = program.factors
        return (UnsafeRawPointer(pointers[factors.0]), UnsafeRawPointer(pointers[factors.1]))
    }

    /// Points the leaves' registers at a tile's elements, which are brought together where they lie apart.
    private func bringLeaves(_ start: Int, _ count: Int) {
        for leaf in direct { pointers[leaf.register] = UnsafeMutableRawPointer(mutating: leaf.base + start * leaf.elementBytes) }
        for leaf in gathered { leaf.view.gather(start, count, into: pointers[leaf.register]) }
    }

    /// - Throws: `CancellationError` once the run was cancelled; to be called now and then by whoever reads many tiles.
    func checkCancellation() throws {
        if scope.resources.isCancelled { throw CancellationError() }
    }

    /// Calls the body for one tile after the other: position of its first element, elements, their number.
    func forEachTile(_ body: (Int, UnsafeRawPointer, Int) throws -> Void) throws {
        var start = 0
        while start < count {
            try checkCancellation()
            let length = min(capacity, count - start)
            try body(start, try read(start, length), length)
            start += length
        }
    }

    /// Computes the whole chunk.
    func readAll(into output: UnsafeMutableRawPointer) throws {
        var start = 0
        while start < count {
            try checkCancellation()
            let length = min(capacity, count - start)
            _ = try read(start, length, into: output + start * rootBytes)
            start += length
        }
    }

    /// Computes the whole chunk into elements that lie apart.
    func readAll(into target: ChunkView) throws {
        if target.isContiguous { return try readAll(into: UnsafeMutableRawPointer(mutating: target.base)) }
        try forEachTile { start, elements, length in target.scatter(start, length, from: elements) }
    }
}
