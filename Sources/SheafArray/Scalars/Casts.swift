public import ComplexModule

/// The loops of ``NDArray/cast(to:)``, found by the source's type at run time: one for each pair of types.
extension ArrayInteger {
    public static func castLoop(from source: ScalarType) -> (@Sendable (UnsafeRawPointer, UnsafeMutablePointer<Self>, Int) -> Void)? {
        switch source {
        case .bool: loop(Bool.self) { $0 ? 1 : 0 }
        case .int8: loop(Int8.self) { Self(truncatingIfNeeded: $0) }
        case .int16: loop(Int16.self) { Self(truncatingIfNeeded: $0) }
        case .int32: loop(Int32.self) { Self(truncatingIfNeeded: $0) }
        case .int64: loop(Int64.self) { Self(truncatingIfNeeded: $0) }
        case .uint8: loop(UInt8.self) { Self(truncatingIfNeeded: $0) }
        case .uint16: loop(UInt16.self) { Self(truncatingIfNeeded: $0) }
        case .uint32: loop(UInt32.self) { Self(truncatingIfNeeded: $0) }
        case .uint64: loop(UInt64.self) { Self(truncatingIfNeeded: $0) }
        case .float32: loop(Float.self) { converting($0) }
        case .float64: loop(Double.self) { converting($0) }
        case .complex64, .complex128: nil
        }
    }
}

extension Bool {
    public static func castLoop(from source: ScalarType) -> (@Sendable (UnsafeRawPointer, UnsafeMutablePointer<Bool>, Int) -> Void)? {
        switch source {
        case .bool: loop(Bool.self) { $0 }
        case .int8: loop(Int8.self) { $0 != 0 }
        case .int16: loop(Int16.self) { $0 != 0 }
        case .int32: loop(Int32.self) { $0 != 0 }
        case .int64: loop(Int64.self) { $0 != 0 }
        case .uint8: loop(UInt8.self) { $0 != 0 }
        case .uint16: loop(UInt16.self) { $0 != 0 }
        case .uint32: loop(UInt32.self) { $0 != 0 }
        case .uint64: loop(UInt64.self) { $0 != 0 }
        case .float32: loop(Float.self) { $0 != 0 }
        case .float64: loop(Double.self) { $0 != 0 }
        case .complex64: loop(Complex<Float>.self) { $0 != Complex(0, 0) }
        case .complex128: loop(Complex<Double>.self) { $0 != Complex(0, 0) }
        }
    }
}

extension ComplexPart {
    public static func castLoop(from source: ScalarType) -> (@Sendable (UnsafeRawPointer, UnsafeMutablePointer<Self>, Int) -> Void)? {
        switch source {
        case .bool: loop(Bool.self) { $0 ? 1 : 0 }
        case .int8: loop(Int8.self) { Self($0) }
        case .int16: loop(Int16.self) { Self($0) }
        case .int32: loop(Int32.self) { Self($0) }
        case .int64: loop(Int64.self) { Self($0) }
        case .uint8: loop(UInt8.self) { Self($0) }
        case .uint16: loop(UInt16.self) { Self($0) }
        case .uint32: loop(UInt32.self) { Self($0) }
        case .uint64: loop(UInt64.self) { Self($0) }
        case .float32: loop(Float.self) { Self($0) }
        case .float64: loop(Double.self) { Self($0) }
        case .complex64, .complex128: nil
        }
    }
}

extension Complex where RealType: ComplexPart {
    public static func castLoop(from source: ScalarType) -> (@Sendable (UnsafeRawPointer, UnsafeMutablePointer<Complex>, Int) -> Void)? {
        switch source {
        case .complex64: return loop(Complex<Float>.self) { Complex(RealType($0.real), RealType($0.imaginary)) }
        case .complex128: return loop(Complex<Double>.self) { Complex(RealType($0.real), RealType($0.imaginary)) }
        default:
            let bytes = source.byteCount
            guard let real = RealType.castLoop(from: source) else { return nil }
            return { source, out, count in
                var part = RealType.zero
                for i in 0..<count {
                    real(source + i * bytes, &part, 1)
                    out[i] = Complex(part, 0)
                }
            }
        }
    }
}

extension ArrayScalar {
    /// The loop that converts each element.
    @inline(__always)
    fileprivate static func loop<Source: ArrayScalar>(
        _: Source.Type, _ convert: @escaping @Sendable (Source) -> Self
    ) -> @Sendable (UnsafeRawPointer, UnsafeMutablePointer<Self>, Int) -> Void {
        { source, out, count in
            let source = source.assumingMemoryBound(to: Source.self)
            for i in 0..<count { out[i] = convert(source[i]) }
        }
    }
}
