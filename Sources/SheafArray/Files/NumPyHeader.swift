internal import SheafCore

/// What a `.npy` file says about its array.
public struct NumPyHeader: Sendable, Hashable {
    public let scalarType: ScalarType
    public let shape: [Int]
    /// Whether the first axis varies fastest in the file.
    public let isFortranOrder: Bool
    /// Whether the file's byte order is not this machine's.
    public let isByteSwapped: Bool
    /// Where the elements begin in the file.
    public let dataOffset: Int

    /// Reads the header of a file.
    ///
    /// - Throws: ``PlanError`` (`.corruptInput`, `.unsupported` for objects, records and other elements that arrays cannot hold), with the
    ///   file and the reason; ``EngineError`` (`.inputNotFound`, `.inputOutput`).
    public init(path: String) throws {
        let file = try MappedFile(path)
        try self.init(file.bytes, path: path)
        try checkLength(file.bytes.count, path: path)
    }

    init(scalarType: ScalarType, shape: [Int]) {
        self.scalarType = scalarType
        self.shape = shape
        isFortranOrder = false
        isByteSwapped = false
        dataOffset = Self.serialized(scalarType, shape).count
    }

    /// An array in a file without a header.
    init(scalarType: ScalarType, shape: [Int], isFortranOrder: Bool, isByteSwapped: Bool, dataOffset: Int) {
        self.scalarType = scalarType
        self.shape = shape
        self.isFortranOrder = isFortranOrder
        self.isByteSwapped = isByteSwapped
        self.dataOffset = dataOffset
    }

    /// Bytes of the elements.
    var byteCount: Int { shape.reduce(scalarType.byteCount, *) }

    /// - Throws: ``PlanError`` (`.corruptInput`) unless the file is long enough.
    func checkLength(_ fileBytes: Int, path: String) throws(PlanError) {
        guard dataOffset <= fileBytes, byteCount <= fileBytes - dataOffset else {
            throw FileProblem.corrupt(
                path, "it ends too early: \(max(fileBytes - dataOffset, 0)) of \(byteCount) bytes for the shape \(shape) are there")
        }
    }

    // MARK: Reading

    /// Parses the beginning of a file, of which nothing is taken on trust.
    init(_ bytes: UnsafeRawBufferPointer, path: String) throws(PlanError) {
        guard bytes.count >= 10, bytes[0] == 0x93, bytes[1..<6].elementsEqual("NUMPY".utf8) else {
            throw FileProblem.corrupt(path, "it does not begin as a .npy file does")
        }
        let version = (bytes[6], bytes[7]), wide = version.0 >= 2
        guard (1...3).contains(version.0), version.1 == 0 else {
            throw FileProblem.unsupported(path, "version \(version.0).\(version.1) of the .npy format", hint: "known are 1.0, 2.0 and 3.0")
        }
        let start = wide ? 12 : 10
        guard bytes.count >= start else { throw FileProblem.corrupt(path, "it ends inside the header") }
        let length = (8..<start).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
        guard length <= bytes.count - start else { throw FileProblem.corrupt(path, "it ends inside the header") }
        var parser = PythonLiteral(UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]))
        guard let entries = parser.dictionary() else { throw FileProblem.corrupt(path, "its header is not a dictionary of three entries") }
        guard case .tuple(let sizes)? = entries["shape"], case .boolean(let isFortran)? = entries["fortran_order"],
            let description = entries["descr"], entries.count == 3
        else { throw FileProblem.corrupt(path, "its header lacks “descr”, “fortran_order” or “shape”, or has them wrong") }
        let swapped: Bool
        (scalarType, swapped) = try ElementCode.parse(description, path: path)
        guard sizes.count <= 64, CheckedSize.product(sizes, scalarType.byteCount) != nil else {
            throw FileProblem.corrupt(path, "an array of the shape \(sizes.prefix(64)) cannot be")
        }
        shape = sizes
        isFortranOrder = isFortran
        isByteSwapped = swapped
        dataOffset = start + length
    }

    // MARK: Writing

    /// The header that `numpy.save` writes for an array in C order, byte by byte.
    static func serialized(_ type: ScalarType, _ shape: [Int]) -> [UInt8] {
        let sizes = shape.count == 1 ? "(\(shape[0]),)" : "(\(shape.map(String.init).joined(separator: ", ")))"
        var text = "{'descr': '\(ElementCode.name(of: type))', 'fortran_order': False, 'shape': \(sizes), }"
        // Room in which the length of the first axis can grow to any size.
        if let first = shape.first { text += String(repeating: " ", count: 21 - String(first).count) }
        func padding(_ prefix: Int) -> Int { 64 - (prefix + text.utf8.count + 1) % 64 }
        let isWide = text.utf8.count + 1 + padding(10) > 65_535
        let count = text.utf8.count + 1 + padding(isWide ? 12 : 10)
        var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [isWide ? 2 : 1, 0]
        for byte in 0..<(isWide ? 4 : 2) { bytes.append(UInt8(truncatingIfNeeded: count >> (8 * byte))) }
        bytes += Array(text.utf8)
        bytes += Array(repeating: UInt8(ascii: " "), count: count - 1 - text.utf8.count)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }
}

/// NumPy's codes for element types, such as `<f8`.
enum ElementCode {
    private static let codes: [String: ScalarType] = [
        "b1": .bool, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64, "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64,
        "f4": .float32, "f8": .float64, "c8": .complex64, "c16": .complex128,
    ]

    static func name(of type: ScalarType) -> String {
        let code = codes.first { $0.value == type }?.key ?? ""
        return (type.byteCount == 1 ? "|" : "<") + code
    }

    /// - Returns: the type, and whether the bytes of its numbers are in the other order.
    static func parse(_ value: PythonLiteral.Value, path: String) throws(PlanError) -> (ScalarType, isByteSwapped: Bool) {
        guard case .text(let text) = value else {
            if case .other = value { throw FileProblem.unsupported(path, "its elements are records", hint: "save each field as an array") }
            throw FileProblem.corrupt(path, "its header has no element type")
        }
        return try parse(text, path: path)
    }

    static func parse(_ text: String, path: String) throws(PlanError) -> (ScalarType, isByteSwapped: Bool) {
        let order = text.first, code = order.map { "<>|=".contains($0) } == true ? String(text.dropFirst()) : text
        if let type = codes[code] { return (type, order == ">" && type.byteCount > 1) }
        let hint: String? =
            switch code.first {
            case "O": "save it with a numeric dtype; pickled objects cannot be read"
            case "U", "S", "a": "texts are no numbers"
            case "M", "m": "save the times as int64: x.astype('int64')"
            case "f": "save it as float32 or float64"
            default: nil
            }
        throw FileProblem.unsupported(
            path, "elements of type “\(text.prefix(40))” are not among bool, int8…int64, uint8…uint64, float32, float64 and complex",
            hint: hint)
    }
}
