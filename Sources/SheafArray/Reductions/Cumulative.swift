internal import SheafCore

extension NDArray where Scalar: ArrayNumber {
    /// Running sums along an axis, as wide as ``ArrayNumber/Sum``.
    ///
    /// Within a chunk elements are added one after the other, as NumPy does; what a chunk begins with is a compensated sum, so that the
    /// error is that of one chunk however long the axis is. Integers wrap around on overflow.
    ///
    /// - Parameter axis: a negative one counts from the last.
    public func cumulativeSum(axis: Int, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray<Scalar.Sum> {
        let kernel = ScanKernel<Scalar, CompensatedSum<Scalar.Sum>, Scalar.Sum>(
            name: "cumulativeSum", totals: Self.sumKernel("cumulativeSum"), carry: \.total,
            run: { Scalar.Sum.scanLoop(.sum, $0, $1, $2, $3) }, step: { Scalar.Sum.addLoop($0, $1, $2, $3) })
        return scanning(kernel, widened: cast(to: Scalar.Sum.self, fileID: fileID, line: line), axis: axis, fileID: fileID, line: line)
    }

    /// Running products along an axis, as wide as ``ArrayNumber/Sum``. Integers wrap around on overflow.
    public func cumulativeProduct(axis: Int, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray<Scalar.Sum> {
        let kernel = ScanKernel<Scalar, Scalar.Sum, Scalar.Sum>(
            name: "cumulativeProduct", totals: Self.productKernel(), carry: { $0 },
            run: { Scalar.Sum.scanLoop(.product, $0, $1, $2, $3) }, step: { Scalar.Sum.multiplyLoop($0, $1, $2, $3) })
        return scanning(kernel, widened: cast(to: Scalar.Sum.self, fileID: fileID, line: line), axis: axis, fileID: fileID, line: line)
    }
}

extension NDArray where Scalar: ArrayReal {
    /// The least elements so far along an axis; NaN from the first NaN on. NumPy's `minimum.accumulate`.
    public func cumulativeMin(axis: Int, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let kernel = ScanKernel<Scalar, Scalar, Scalar>(
            name: "cumulativeMin", totals: Self.minKernel(), carry: { $0 }, run: { Scalar.scanLoop(Extreme.minimum, $0, $1, $2, $3) },
            step: { Scalar.minimumLoop($0, $1, $2, $3) })
        return scanning(kernel, widened: self, axis: axis, fileID: fileID, line: line)
    }

    /// The greatest elements so far along an axis; NaN from the first NaN on. NumPy's `maximum.accumulate`.
    public func cumulativeMax(axis: Int, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        let kernel = ScanKernel<Scalar, Scalar, Scalar>(
            name: "cumulativeMax", totals: Self.maxKernel(), carry: { $0 }, run: { Scalar.scanLoop(Extreme.maximum, $0, $1, $2, $3) },
            step: { Scalar.maximumLoop($0, $1, $2, $3) })
        return scanning(kernel, widened: self, axis: axis, fileID: fileID, line: line)
    }
}

extension NDArray where Scalar: ArrayFloat {
    /// Running sums along an axis with NaN as 0.
    public func nanCumulativeSum(axis: Int, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        replacingNaN(with: 0, fileID: fileID, line: line).cumulativeSum(axis: axis, fileID: fileID, line: line)
    }

    /// Running products along an axis with NaN as 1.
    public func nanCumulativeProduct(axis: Int, fileID: StaticString = #fileID, line: UInt = #line) -> NDArray {
        replacingNaN(with: 1, fileID: fileID, line: line).cumulativeProduct(axis: axis, fileID: fileID, line: line)
    }
}
