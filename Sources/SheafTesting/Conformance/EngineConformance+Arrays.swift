internal import SheafArray
internal import SheafCore

extension EngineConformance {
    /// What arrays do, with built-in operations only.
    static let arrays: [Case] = [
        Case("arrays/element-wise", "element-wise operations and the reduction after them are computed for every chunk") { context in
            let x = context.session.arange(0.0, 1000, chunks: 37)
            try context.expectEqual(try await (x * x + 10).sum().item(), 332_843_500)
            try context.expectEqual(try await (x * 2 - 1).compute().elements, (0..<1000).map { Double($0) * 2 - 1 })
        },
        Case("arrays/chunks", "results do not depend on the chunks") { context in
            let expected = (0..<60).map { column in (0..<50).reduce(0) { $0 + ($1 * 60 + column) % 7 } }
            for chunks: ChunkSizes in [[50, 60], [1, 60], [13, 7], [50, 1]] {
                let table = context.session.arange(0, 3000, chunks: 100).reshaped(to: [50, 60]).rechunked(chunks)
                let seven = context.session.full(7, shape: [], chunks: [])
                let rest = table - table / seven * seven
                try context.expectEqual(try await rest.sum(axes: [0]).compute().elements, expected, "the sums over chunks of \(chunks)")
            }
        },
        Case("arrays/broadcast", "shapes broadcast as NumPy's do") { context in
            let column = context.session.arange(0, 4, chunks: 3)[.all, .newAxis], row = context.session.arange(0, 5, chunks: 2)
            try context.expectEqual(
                try await (column * 10 + row).compute().elements, (0..<4).flatMap { i in (0..<5).map { i * 10 + $0 } })
        },
        Case("arrays/shape", "slices, transposes and joins see the same elements") { context in
            let x = context.session.arange(0, 24, chunks: 5).reshaped(to: [4, 6])
            try context.expectEqual(try await x[1, .all].compute().elements, Array(6..<12))
            try context.expectEqual(try await x.transposed()[0, .all].compute().elements, [0, 6, 12, 18])
            let joined = context.session.concatenate([x, x.flipped(axes: [0])], axis: 0)
            try context.expectEqual(try await joined.sum(axes: [1]).compute().elements, [15, 51, 87, 123, 123, 87, 51, 15])
        },
        Case("arrays/matmul", "a product of matrices in chunks is that of the matrices") { context in
            let a = context.session.arange(0.0, 35, chunks: 8).reshaped(to: [5, 7]).rechunked([2, 3])
            let product = try await a.matmul(a.transposed()).compute()
            for i in 0..<5 {
                for j in 0..<5 {
                    let expected = (0..<7).reduce(0.0) { $0 + Double((i * 7 + $1) * (j * 7 + $1)) }
                    try context.expectEqual(product[i, j], expected, "element \(i), \(j)")
                }
            }
        },
        Case("arrays/random", "the same seed gives the same array in any chunks") { context in
            let one = context.session.random.uniform(shape: [40, 30], chunks: [40, 30], seed: 5)
            let many = context.session.random.uniform(shape: [40, 30], chunks: [7, 11], seed: 5)
            try context.expectEqual(try await one.compute().elements, try await many.compute().elements)
        },
        Case("arrays/persist", "kept chunks are used again, and let go of") { context in
            let kept = try await (context.session.arange(0.0, 10_000, chunks: 1000) + 1).persist()
            try context.expectEqual(try await kept.sum().item(), 50_005_000)
            try context.expectEqual(try await (kept - 1).sum().item(), 49_995_000)
        },
        Case("arrays/problems", "shapes that do not fit are an error of the plan, before anything runs") { context in
            let sum = context.session.arange(0, 3) + context.session.arange(0, 4)
            do {
                _ = try await sum.compute()
                throw ConformanceFailure("the sum of 3 and 4 elements was computed")
            } catch let error as PlanError {
                try context.expectEqual(error.code, .shapeMismatch)
            }
        },
    ]
}
