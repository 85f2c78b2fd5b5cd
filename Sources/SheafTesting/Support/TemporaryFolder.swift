internal import Foundation

/// A folder that is removed with the last reference to it.
public final class TemporaryFolder: Sendable {
    public let path: String
    private let isOwn: Bool

    public init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("sheaf-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
        isOwn = true
    }

    /// Another's folder, which stays.
    init(of other: String) {
        path = other
        isOwn = false
    }

    deinit { if isOwn { try? FileManager.default.removeItem(atPath: path) } }

    /// The path of a file inside.
    public func path(_ name: String) -> String { path + "/" + name }
}
