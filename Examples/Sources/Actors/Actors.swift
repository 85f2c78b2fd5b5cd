import Sheaf

/// A parameter server: a model that lives on the engine, and is improved by batches that several tasks work on at a time.
///
/// `Actors`, `Actors --engine processes`, `Actors --engine dask://127.0.0.1:8786`, `Actors --engine ray://`.
@main struct Actors: Program {
    /// The model and how it learns. It stays where it is; only gradients and weights travel.
    struct Model {
        var weights: [Double]
        var updates = 0
    }

    static let model = ActorType("model") { (size: Int) in Model(weights: Array(repeating: 0, count: size)) }
    static let improve = model.method("model.improve") { (model: inout Model, gradient: [Double]) in
        model.updates += 1
        for index in gradient.indices { model.weights[index] -= 0.1 * gradient[index] }
    }
    static let weights = model.method("model.weights") { (model: inout Model) in model.weights }
    static let updates = model.method("model.updates") { (model: inout Model) in model.updates }

    /// The gradient of the squared error of y = 3 + 2x over one batch of points.
    static let gradient = Function("gradient") { (weights: [Double], batch: Int) -> [Double] in
        let points = (0..<1000).map { Double($0 * 7919 % 1000 + batch) / 1000 }
        var sum = [0.0, 0.0]
        for x in points {
            let error = weights[0] + weights[1] * x - (3 + 2 * x)
            sum[0] += error
            sum[1] += error * x
        }
        return sum.map { $0 * 2 / Double(points.count) }
    }

    static let functions: [any RegisteredFunction] = [model, improve, weights, updates, gradient]

    @Argument var rounds = 200

    func run(in session: Session) async throws {
        // Should its process die, it begins again from the start, up to three times.
        let server = try await session.actor(Self.model, 2, restarts: 3)
        for _ in 0..<rounds {
            let current = try await server.call(Self.weights)
            let gradients = (0..<4).map { session.delayed(Self.gradient, Delayed(current), Delayed($0)) }
            for try await (_, gradient) in session.asCompleted(gradients) { try await server.call(Self.improve, gradient) }
        }
        let found = try await server.call(Self.weights)
        print("after \(try await server.call(Self.updates)) updates: y = \(rounded(found[0])) + \(rounded(found[1]))x")
    }

    private func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 }
}
