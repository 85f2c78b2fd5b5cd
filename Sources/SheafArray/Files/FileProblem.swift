internal import SheafCore

/// Errors about files that hold arrays: the file, and what is the matter with it.
enum FileProblem {
    /// The file does not hold what its format says.
    static func corrupt(_ path: String, _ reason: String) -> PlanError {
        PlanError(.corruptInput, "\(path): \(reason)", hint: "the file is damaged or incomplete; write or fetch it again")
    }

    /// The file is sound, but holds something that arrays cannot.
    static func unsupported(_ path: String, _ reason: String, hint: String? = nil) -> PlanError {
        PlanError(.unsupported, "\(path): \(reason)", hint: hint)
    }

    /// The elements are of another type than the one asked for.
    static func wrongType(_ path: String, holds: ScalarType, asked: ScalarType, location: SourceLocation) -> PlanError {
        PlanError(
            .invalidArgument, "\(path) holds elements of type \(holds.rawValue), not \(asked.rawValue)", location: location,
            hint: "read them as \(holds.rawValue) and convert them with cast(to:)")
    }
}

/// Arithmetic with sizes that a file claims.
enum CheckedSize {
    /// The product of sizes, of which zeros count as ones; `nil` when it or one of them is no size in memory.
    static func product(_ sizes: [Int], _ elementBytes: Int) -> Int? {
        var product = elementBytes
        for size in sizes {
            let (next, overflow) = product.multipliedReportingOverflow(by: max(size, 1))
            if size < 0 || overflow { return nil }
            product = next
        }
        // Positions are added to it.
        return product < Int.max / 4 ? product : nil
    }
}
