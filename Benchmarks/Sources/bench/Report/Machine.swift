import Foundation

#if canImport(Darwin)
import Darwin
#endif

/// What the measurements ran on.
struct Machine: Codable {
    var processor: String
    var cores: Int
    /// In bytes.
    var memory: UInt64
    var system: String

    static var current: Machine {
        Machine(
            processor: processorName ?? "unknown processor",
            cores: ProcessInfo.processInfo.activeProcessorCount,
            memory: ProcessInfo.processInfo.physicalMemory,
            system: ProcessInfo.processInfo.operatingSystemVersionString
        )
    }

    var summary: String {
        let gibibytes = Int((Double(memory) / Double(1 << 30)).rounded())
        return "\(processor), \(cores) \(cores == 1 ? "core" : "cores"), \(gibibytes) GiB, \(system)"
    }

    private static var processorName: String? {
        #if canImport(Darwin)
        var size = 0
        guard sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0) == 0, size > 0 else { return nil }
        var name = [UInt8](repeating: 0, count: size)
        guard sysctlbyname("machdep.cpu.brand_string", &name, &size, nil, 0) == 0 else { return nil }
        return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
        #else
        guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return nil }
        // x86 says "model name"; many ARM kernels say only "CPU part", which is no name.
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") || $0.hasPrefix("Model") }
        return line?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
        #endif
    }
}
