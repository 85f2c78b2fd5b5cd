import Foundation

/// Runs the built `sheaf` as a person would.
struct Tool {
    let status: Int32
    let output: String
    let errors: String

    /// Ends it after `seconds`, should it hang.
    static func run(_ arguments: [String], interruptWhenOutputContains trigger: String? = nil) throws -> Tool {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        let output = Pipe(), errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let collected = Collector(trigger: trigger) { process.interrupt() }
        // Both pipes are drained at once, so neither fills up.
        let drain = Thread { collected.drain(errors.fileHandleForReading) }
        drain.start()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Tool(status: process.terminationStatus, output: String(decoding: text, as: UTF8.self), errors: collected.text())
    }

    /// It lies beside the bundle of tests.
    static var executable: URL {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
            folder = bundle.bundleURL.deletingLastPathComponent()
        }
        return folder.appendingPathComponent("sheaf")
    }
}

/// Reads a pipe to its end, and acts when a text appears in it.
private final class Collector: @unchecked Sendable {
    private let trigger: String?
    private let action: () -> Void
    private let lock = NSCondition()
    private var data = Data()
    private var isAtEnd = false
    private var hasActed = false

    init(trigger: String?, action: @escaping () -> Void) {
        self.trigger = trigger
        self.action = action
    }

    func drain(_ handle: FileHandle) {
        while true {
            let piece = handle.availableData
            lock.lock()
            data.append(piece)
            if let trigger, !hasActed, String(decoding: data, as: UTF8.self).contains(trigger) {
                hasActed = true
                action()
            }
            isAtEnd = piece.isEmpty
            lock.broadcast()
            lock.unlock()
            if piece.isEmpty { return }
        }
    }

    /// Waits for the end.
    func text() -> String {
        lock.lock()
        defer { lock.unlock() }
        while !isAtEnd { lock.wait() }
        return String(decoding: data, as: UTF8.self)
    }
}

/// A folder that is removed with its owner.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("sheaf-cli-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func file(_ name: String, _ text: String) throws -> String {
        let path = url.appendingPathComponent(name).path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}
