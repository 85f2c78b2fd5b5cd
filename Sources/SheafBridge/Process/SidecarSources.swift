internal import CSheafBridge

/// The Python modules that a sidecar consists of.
package struct SidecarSources: Sendable {
    /// By name.
    package var modules: [String: String]
    /// The one whose `main()` is called.
    package var main: String

    package init(modules: [String: String], main: String) {
        self.modules = modules
        self.main = main
    }

    /// What reaches engines.
    package static let bridge = SidecarSources(modules: all.filter { $0.key.hasPrefix("sheaf_bridge") }, main: "sheaf_bridge.sidecar")

    /// What keeps a cluster for `sheaf up`.
    static let trialCluster = SidecarSources(modules: all, main: "sheaf_up")

    /// All that is in the program.
    package static let all: [String: String] = {
        var modules: [String: String] = [:]
        var source = sheaf_bridge_modules
        while let next = source, let name = next.pointee.name {
            modules[String(cString: name)] = text(next.pointee)
            source = next + 1
        }
        return modules
    }()

    /// Makes a sidecar of sources that it receives.
    static let bootstrap = text(sheaf_bridge_bootstrap)

    private static func text(_ source: sheaf_bridge_source) -> String {
        String(decoding: UnsafeBufferPointer(start: source.bytes, count: source.count), as: UTF8.self)
    }
}
