public import ComplexModule
internal import RealModule
internal import SheafCore

extension NDArray {
    /// The real parts.
    public func real<Part: ComplexPart>(
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Part> where Scalar == Complex<Part> {
        part("real", fileID, line) { $0.real }
    }

    /// The imaginary parts.
    public func imaginary<Part: ComplexPart>(
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Part> where Scalar == Complex<Part> {
        part("imaginary", fileID, line) { $0.imaginary }
    }

    /// The numbers with the opposite imaginary parts.
    public func conjugate<Part: ComplexPart>(
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray where Scalar == Complex<Part> {
        mapping("conjugate", to: Scalar.self, fileID: fileID, line: line) { a, out, count in
            for i in 0..<count { out[i] = Scalar(a[i].real, -a[i].imaginary) }
        }
    }

    /// The distances from zero, NumPy's `abs` of complex numbers, without overflow on the way.
    public func magnitude<Part: ComplexPart>(
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Part> where Scalar == Complex<Part> {
        part("magnitude", fileID, line) { Part.hypot($0.real, $0.imaginary) }
    }

    /// The angles, in radians from -π to π; 0 of zero. NumPy's `angle`.
    public func phase<Part: ComplexPart>(
        fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Part> where Scalar == Complex<Part> {
        part("phase", fileID, line) { Part.atan2(y: $0.imaginary, x: $0.real) }
    }

    private func part<Part: ComplexPart>(
        _ name: String, _ fileID: StaticString, _ line: UInt, _ function: @escaping @Sendable (Scalar) -> Part
    ) -> NDArray<Part> where Scalar == Complex<Part> {
        mapping(name, to: Part.self, fileID: fileID, line: line) { a, out, count in
            for i in 0..<count { out[i] = function(a[i]) }
        }
    }
}

extension NDArray where Scalar: ComplexPart {
    /// Complex numbers of these real parts and other imaginary parts, broadcast.
    public func complex(
        imaginary: NDArray, fileID: StaticString = #fileID, line: UInt = #line
    ) -> NDArray<Complex<Scalar>> {
        combining("complex", imaginary, to: Complex<Scalar>.self, location: SourceLocation(fileID: fileID, line: line)) {
            real, imaginary, out, count in
            for i in 0..<count { out[i] = Complex(real[i], imaginary[i]) }
        }
    }
}
