internal import SheafCore

extension NDArray where Scalar: ArrayNumber {
    /// Products along `axes` (by default all), as wide as ``ArrayNumber/Sum``; 1 of no elements.
    ///
    /// Integer products wrap around on overflow, as NumPy's do. A NaN makes its product NaN.
    ///
    /// - Parameters:
    ///   - axes: negative ones count from the last.
    ///   - keepingDimensions: whether the axes stay, with length 1, so that the result broadcasts against this array.
    public func product(
        axes: [Int]? = nil, keepingDimensions: Bool = false, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Scalar.Sum> {
        reducing(Self.productKernel(), axes: axes, keepingDimensions: keepingDimensions, fileID: fileID, line: line)
    }

    static func productKernel() -> ReductionKernel<Scalar, Scalar.Sum, Scalar.Sum> {
        if Scalar.self == Double.self,
            let kernel: ReductionKernel<Scalar, Scalar.Sum, Scalar.Sum> = NDArray<Double>.makeProductKernel().typed()
        {
            return kernel
        }
        if Scalar.self == Float.self,
            let kernel: ReductionKernel<Scalar, Scalar.Sum, Scalar.Sum> = NDArray<Float>.makeProductKernel().typed()
        {
            return kernel
        }
        if Scalar.self == Int.self, let kernel: ReductionKernel<Scalar, Scalar.Sum, Scalar.Sum> = NDArray<Int>.makeProductKernel().typed() {
            return kernel
        }
        return makeProductKernel()
    }

    @inline(__always)
    private static func makeProductKernel() -> ReductionKernel<Scalar, Scalar.Sum, Scalar.Sum> {
        ReductionKernel(
            name: "product", initial: .oneValue,
            run: { elements, count, _, partial in partial = Scalar.Sum.wrappingMultiply(partial, Scalar.product(elements, count)) },
            lanes: { elements, count, _, partials in Scalar.multiplyAccumulateLoop(elements, partials, count) },
            combine: { left, right in left = Scalar.Sum.wrappingMultiply(left, right) }, finish: { partial, _ in partial })
    }
}

extension ArrayNumber {
    /// The product; of integers without the bits that do not fit.
    static func wrappingMultiply(_ a: Self, _ b: Self) -> Self {
        var a = a, b = b, product = zeroValue
        multiplyLoop(&a, &b, &product, 1)
        return product
    }
}
