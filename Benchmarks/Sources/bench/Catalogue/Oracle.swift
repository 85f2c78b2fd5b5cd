/// What the graphs of tiny tasks must compute, worked out here without a graph. The data jobs have no oracle of their
/// own: there, peers that share no code have to agree.
enum Oracle {
    static let modulus = 1_000_007

    static func check(of job: Job, size: Int) -> String? {
        switch job {
        case .tree: String(size * (size - 1) / 2)
        case .wavefront: String(wavefront(side: size))
        case .independent: String((0..<size).reduce(0) { $0 + ($1 * 31 + 7) % modulus })
        default: nil
        }
    }

    /// The far corner, one row at a time.
    private static func wavefront(side: Int) -> Int {
        var row = [Int](repeating: 1, count: side)
        for _ in 1..<max(side, 1) {
            for column in 1..<max(side, 1) { row[column] = (row[column] + row[column - 1]) % modulus }
        }
        return row[side - 1]
    }
}
