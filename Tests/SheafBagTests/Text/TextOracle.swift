import Foundation
import Sheaf
import Testing

/// A case of text.json: an input file and its lines, or for long files their number and the last of them.
struct TextCase: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var lines: [[UInt8]]?
    var count: Int
    var last: [UInt8]?

    var testDescription: String { name }
    var path: String { Oracle.file(name) }

    static let all = Oracle.cases("text", as: TextCase.self)
    static let plain = all.filter { $0.name.hasSuffix(".txt") }
    static let compressed = all.filter { !$0.name.hasSuffix(".txt") }
}

extension Bag where Element == UTF8Slice {
    /// The bytes of each line; comparing slices compares bytes too, but a failure shows these.
    func bytes() async throws -> [[UInt8]] { try await collect().map(\.bytes) }
}
