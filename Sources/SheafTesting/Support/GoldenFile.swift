internal import Foundation

/// A checked-in file that holds what some output has to be, to the byte.
///
/// With the environment variable `SHEAF_REGENERATE_GOLDEN` set, ``difference(from:)`` writes the file instead of comparing, so that a wanted
/// change shows as a difference to be reviewed.
public struct GoldenFile: Sendable {
    public let path: String

    /// - Parameter name: relative to the folder of the test's own source file.
    public init(_ name: String, beside sourceFile: String = #filePath) {
        path = URL(fileURLWithPath: sourceFile).deletingLastPathComponent().appendingPathComponent(name).path
    }

    public static var regenerates: Bool { ProcessInfo.processInfo.environment["SHEAF_REGENERATE_GOLDEN"] != nil }

    /// The file's bytes.
    public func read() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    /// Compares, and says where the first difference is.
    ///
    /// - Returns: `nil` when `bytes` are what the file holds.
    public func difference(from bytes: [UInt8]) throws -> String? {
        if Self.regenerates {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            return nil
        }
        let expected = try read()
        if expected == bytes { return nil }
        let lines = (String(decoding: expected, as: UTF8.self), String(decoding: bytes, as: UTF8.self))
        let pairs = zip(
            lines.0.split(separator: "\n", omittingEmptySubsequences: false),
            lines.1.split(separator: "\n", omittingEmptySubsequences: false))
        for (number, pair) in pairs.enumerated() where pair.0 != pair.1 {
            return "\(path):\(number + 1): expected “\(pair.0)”, found “\(pair.1)”; set SHEAF_REGENERATE_GOLDEN=1 to accept it"
        }
        return "\(path): one is longer than the other (\(expected.count) and \(bytes.count) bytes)"
    }
}
