import Sheaf

/// Bags of pairs joined by key.
@main struct Joins: Program {
    func run(in session: Session) async throws {
        let names = session.bag([("UA", "United"), ("DL", "Delta"), ("HA", "Hawaiian")])
        let delays = session.bag([("UA", 12), ("DL", 9), ("UA", 31), ("XX", 5)])

        print("inner:", try await delays.join(names).collect())
        print("left: ", try await delays.leftJoin(names).collect())
        print("full: ", try await delays.fullJoin(names).collect())
        for (code, (minutes, name)) in try await delays.cogroup(names).sortByKey().collect() { print(code, minutes, name) }

        let means = delays.mapValues { Double($0) }.reduceByKey(.mean).join(names)
        for (_, (mean, name)) in try await means.sortBy(descending: true, { $0.1.0 }).collect() { print(name, mean) }
    }
}
