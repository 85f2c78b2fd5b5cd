/// Why the benchmarks cannot run at all. A single peer that fails is no error: its row in the table says so.
struct BenchError: Error, CustomStringConvertible {
    struct Code: Hashable {
        let name: String

        static let notInCheckout = Code(name: "not in a checkout")
        static let missingPeers = Code(name: "missing peers")
        static let missingExecutable = Code(name: "missing executable")
        static let preparationFailed = Code(name: "preparation failed")
        static let cannotStart = Code(name: "cannot start")
        static let cannotWrite = Code(name: "cannot write")
    }

    let code: Code
    let message: String
    /// What to do about it.
    let hint: String

    var description: String { "\(message) (\(code.name)); \(hint)" }
}
