public import ComplexModule
public import SheafCore

extension NDArray where Scalar: LinearScalar {
    /// The discrete Fourier transform along an axis: X[k] = Σ x[j]·exp(-2πijk/n).
    ///
    /// Chunks are made whole along the axis, and cut along the others, so that they keep about their size.
    /// Any length takes time proportional to n·log n. FFTW serves where it can be loaded (`libfftw3.so.3`), else a transform in Swift.
    ///
    /// - Parameters:
    ///   - count: the length n of the transform; the axis is cut or filled up with zeros to it. By default its own length.
    ///   - axis: negative ones count from the last.
    /// - Note: ``PlanError`` (`.invalidArgument`) for an axis that does not exist, or a length below 1, is kept in the plan.
    public func fft(
        count: Int? = nil, axis: Int = -1, normalization: FourierNormalization = .backward, fileID: StaticString = #fileID,
        line: UInt = #line
    ) -> NDArray<Complex<Scalar.Magnitude>> {
        transformingLines(
            "fft", to: Complex<Scalar.Magnitude>.self, count: count, axis: axis, isInverse: false, normalization,
            SourceLocation(fileID: fileID, line: line))
    }

    /// The inverse of ``fft(count:axis:normalization:fileID:line:)``.
    public func ifft(
        count: Int? = nil, axis: Int = -1, normalization: FourierNormalization = .backward, fileID: StaticString = #fileID,
        line: UInt = #line
    ) -> NDArray<Complex<Scalar.Magnitude>> {
        transformingLines(
            "ifft", to: Complex<Scalar.Magnitude>.self, count: count, axis: axis, isInverse: true, normalization,
            SourceLocation(fileID: fileID, line: line))
    }

    /// The transform along the last two axes.
    public func fft2(
        normalization: FourierNormalization = .backward, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Complex<Scalar.Magnitude>> {
        fftn(axes: [-2, -1], normalization: normalization, fileID: fileID, line: line)
    }

    /// The inverse of ``fft2(normalization:fileID:line:)``.
    public func ifft2(
        normalization: FourierNormalization = .backward, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Complex<Scalar.Magnitude>> {
        ifftn(axes: [-2, -1], normalization: normalization, fileID: fileID, line: line)
    }

    /// The transform along several axes (by default all), one after the other.
    public func fftn(
        axes: [Int]? = nil, normalization: FourierNormalization = .backward, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Complex<Scalar.Magnitude>> {
        overAxes("fftn", axes, isInverse: false, normalization, SourceLocation(fileID: fileID, line: line))
    }

    /// The inverse of ``fftn(axes:normalization:fileID:line:)``.
    public func ifftn(
        axes: [Int]? = nil, normalization: FourierNormalization = .backward, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Complex<Scalar.Magnitude>> {
        overAxes("ifftn", axes, isInverse: true, normalization, SourceLocation(fileID: fileID, line: line))
    }

    private func overAxes(
        _ name: String, _ axes: [Int]?, isInverse: Bool, _ normalization: FourierNormalization, _ location: SourceLocation
    ) -> NDArray<Complex<Scalar.Magnitude>> {
        let complex = mapping("complex", to: Complex<Scalar.Magnitude>.self) { a, out, count in
            for index in 0..<count { out[index] = Complex(a[index].realPart, a[index].imaginaryPart) }
        }
        let list = Axes(axes, rank: rank, operation: name, location: location)
        if let problem = list.problem { return NDArray<Complex<Scalar.Magnitude>>(session, complex.failedNode(name, problem, location)) }
        return list.list.reversed().reduce(complex) { array, axis in
            array.transformingLines(
                name, to: Complex<Scalar.Magnitude>.self, count: nil, axis: axis, isInverse: isInverse, normalization, location)
        }
    }
}

extension NDArray where Scalar: ComplexPart & LinearScalar {
    /// The transform of real numbers along an axis: the first n/2 + 1 elements of ``fft(count:axis:normalization:fileID:line:)``, of which
    /// the others are conjugates.
    public func rfft(
        count: Int? = nil, axis: Int = -1, normalization: FourierNormalization = .backward, fileID: StaticString = #fileID,
        line: UInt = #line
    ) -> NDArray<Complex<Scalar>> where Scalar.Magnitude == Scalar {
        transformingLines(
            "rfft", to: Complex<Scalar>.self, count: count, axis: axis, isInverse: false, normalization,
            SourceLocation(fileID: fileID, line: line), output: { $0 / 2 + 1 })
    }
}

extension NDArray {
    /// The inverse of ``rfft(count:axis:normalization:fileID:line:)``.
    ///
    /// - Parameter count: the length of the result; by default 2·(length - 1). Give it where the transformed array had an odd length.
    public func irfft<Part: ComplexPart & LinearScalar>(
        count: Int? = nil, axis: Int = -1, normalization: FourierNormalization = .backward, fileID: StaticString = #fileID,
        line: UInt = #line
    ) -> NDArray<Part> where Scalar == Complex<Part>, Part.Magnitude == Part {
        transformingLines(
            "irfft", to: Part.self, count: count, axis: axis, isInverse: true, normalization, SourceLocation(fileID: fileID, line: line),
            defaultCount: { 2 * ($0 - 1) }, input: { $0 / 2 + 1 })
    }

    /// Moves frequency zero, which transforms put first, to the middle of the axes (by default all).
    ///
    /// - Note: ``PlanError`` (`.invalidArgument`) for axes that do not exist is kept in the plan. Chunks are moved, and cut where needed.
    public func fftShift(axes: [Int]? = nil, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        shifted("fftShift", axes, SourceLocation(fileID: fileID, line: line)) { ($0 + 1) / 2 }
    }

    /// The inverse of ``fftShift(axes:fileID:line:)``; another array only for odd lengths.
    public func ifftShift(axes: [Int]? = nil, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        shifted("ifftShift", axes, SourceLocation(fileID: fileID, line: line)) { $0 / 2 }
    }

    /// - Parameter first: the element of an axis, by its length, that comes first.
    private func shifted(_ name: String, _ axes: [Int]?, _ location: SourceLocation, first: (Int) -> Int) -> NDArray {
        let list = Axes(axes, rank: rank, operation: name, location: location)
        var chunks = node.grid.chunks, starts = chunks.map { _ in 0 }, shifted = chunks
        if list.problem == nil {
            for axis in list.list {
                // A chunk begins at the element that comes first.
                var end = 0
                let cut = first(shape[axis])
                chunks[axis] = chunks[axis].flatMap { size -> [Int] in
                    defer { end += size }
                    return end < cut && cut < end + size ? [cut - end, end + size - cut] : [size]
                }
                var position = 0
                starts[axis] =
                    chunks[axis].firstIndex { size in
                        defer { position += size }
                        return position == cut
                    } ?? 0
                shifted[axis] = Array(chunks[axis][starts[axis]...] + chunks[axis][..<starts[axis]])
            }
        }
        let source = list.problem == nil ? node.recut(ChunkGrid(chunks)) : node, grid = ChunkGrid(shifted), offsets = starts
        return NDArray(
            session,
            TaskNode<Scalar>(Operation(name), grid: grid, after: [source], location: location, problem: node.problem ?? list.problem) {
                lowering in
                let parts = try lowering.chunks(of: source)
                return (0..<grid.count).map { index in
                    let place = grid.coordinates(index)
                    return parts[source.grid.index(place.indices.map { (place[$0] + offsets[$0]) % grid.counts[$0] })]
                }
            })
    }
}

extension Session {
    /// The frequencies that the elements of a transform of `count` elements stand for, `spacing` apart before it: first those from zero up,
    /// then the negative ones.
    public func fftFrequencies(
        _ count: Int, spacing: Double = 1, chunks: ChunkSizes = .automatic, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Double> {
        let unit = Double(count) * spacing
        return array(shape: [count], chunks: chunks, fileID: fileID, line: line) { index in
            Double(index[0] < (count + 1) / 2 ? index[0] : index[0] - count) / unit
        }
    }

    /// The frequencies that the elements of ``NDArray/rfft(count:axis:normalization:fileID:line:)`` stand for.
    public func rfftFrequencies(
        _ count: Int, spacing: Double = 1, chunks: ChunkSizes = .automatic, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Double> {
        let unit = Double(count) * spacing
        return array(shape: [count / 2 + 1], chunks: chunks, fileID: fileID, line: line) { Double($0[0]) / unit }
    }
}
