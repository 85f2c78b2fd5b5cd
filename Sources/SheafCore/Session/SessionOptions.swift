internal import CSheaf

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// How a session runs its plans.
public struct SessionOptions: Sendable {
    /// Threads, or an engine's equivalent; all cores by default.
    public var workers: Int
    /// The memory budget, in bytes; half of the machine's by default.
    public var memory: Int
    /// Where spilled values go; the system's temporary folder by default.
    public var spillFolder: String?
    /// The most bytes spilled at a time.
    public var spillLimit: Int
    /// Feeds samples and random numbers: the same seed gives the same result.
    public var seed: UInt64
    /// Runs tasks one at a time on a simulated clock, in an order that ``seed`` decides; for tests and debugging.
    public var deterministic: Bool

    public init(
        workers: Int? = nil, memory: Int? = nil, spillFolder: String? = nil, spillLimit: Int = .max, seed: UInt64 = 0,
        deterministic: Bool = false
    ) {
        self.workers = workers ?? Self.coreCount
        self.memory = memory ?? Self.physicalMemory / 2
        self.spillFolder = spillFolder
        self.spillLimit = spillLimit
        self.seed = seed
        self.deterministic = deterministic
    }

    /// Cores that this process may use.
    public static var coreCount: Int {
        Int(sheaf_core_count())
    }

    /// In bytes.
    public static var physicalMemory: Int {
        max(sysconf(Int32(_SC_PHYS_PAGES)), 1) * sysconf(Int32(_SC_PAGESIZE))
    }

    /// Reads sizes as people write them: `512MB`, `2GiB`, `1.5g`, `4096`. Powers of 1024 whichever spelling.
    ///
    /// - Throws: ``PlanError`` (`.invalidArgument`).
    public static func bytes(_ text: String) throws -> Int {
        let digits = text.prefix { $0.isNumber || $0 == "." }
        let unit = text.dropFirst(digits.count).lowercased().filter { $0 != " " && $0 != "i" && $0 != "b" }
        let factors: [String: Double] = ["": 1, "k": 1024, "m": 1_048_576, "g": 1_073_741_824, "t": 1_099_511_627_776]
        guard let number = Double(digits), let factor = factors[unit], number * factor >= 1, number * factor < Double(Int.max) else {
            throw PlanError(.invalidArgument, "“\(text)” is not a size", hint: "write a number and a unit, such as 512MB or 2GiB")
        }
        return Int(number * factor)
    }
}
