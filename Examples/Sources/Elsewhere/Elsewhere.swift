import Sheaf

/// One program for every engine: `Elsewhere`, `Elsewhere --engine processes`, `Elsewhere --engine dask://127.0.0.1:8786`, `Elsewhere --engine ray://`.
@main struct Elsewhere: Program {
    @Argument var count = 200_000

    func run(in session: Session) async throws {
        // What a worker could not find out again the same is asked once, and told to workers.
        let seed = try await session.once { UInt64.random(in: 0..<1000) }

        // Closures run on any engine: a worker calls `run` again, up to this plan, and has the same ones.
        let limit = count / 2
        let sums = session.bag(0..<count, partitions: 8)
            .filter { $0 >= limit }
            .map { ($0 % 10, $0) }
            .reduceByKey(.sum)
        for (digit, sum) in try await sums.collect().sorted(by: { $0.0 < $1.0 }) { print(digit, sum) }

        // Chunks stay on the engine between plans.
        let x = try await session.random.normal(shape: [600, 600], chunks: [200, 200], seed: seed).persist()
        print("mean of squares: \(try await (x * x).mean().item())")
        print("mean of x·xᵀ:    \(try await x.matmul(x.transposed()).mean().item())")
    }
}
