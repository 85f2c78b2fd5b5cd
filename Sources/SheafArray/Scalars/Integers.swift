extension Int8: ArrayInteger { public typealias Sum = Int64; public static var scalarType: ScalarType { .int8 } }
extension Int16: ArrayInteger { public typealias Sum = Int64; public static var scalarType: ScalarType { .int16 } }
extension Int32: ArrayInteger { public typealias Sum = Int64; public static var scalarType: ScalarType { .int32 } }
extension Int64: ArrayInteger { public typealias Sum = Int64; public static var scalarType: ScalarType { .int64 } }
extension Int: ArrayInteger { public typealias Sum = Int; public static var scalarType: ScalarType { .int64 } }
extension UInt8: ArrayInteger { public typealias Sum = UInt64; public static var scalarType: ScalarType { .uint8 } }
extension UInt16: ArrayInteger { public typealias Sum = UInt64; public static var scalarType: ScalarType { .uint16 } }
extension UInt32: ArrayInteger { public typealias Sum = UInt64; public static var scalarType: ScalarType { .uint32 } }
extension UInt64: ArrayInteger { public typealias Sum = UInt64; public static var scalarType: ScalarType { .uint64 } }
extension UInt: ArrayInteger { public typealias Sum = UInt; public static var scalarType: ScalarType { .uint64 } }

extension Bool: ArrayScalar {
    public static var scalarType: ScalarType { .bool }
    public static var zeroValue: Bool { false }
    public static var oneValue: Bool { true }
}
