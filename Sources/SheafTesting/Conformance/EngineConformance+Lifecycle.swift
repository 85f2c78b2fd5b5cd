internal import SheafCore

extension EngineConformance {
    /// Values that an engine holds, plans side by side, and the end.
    static let lifecycle: [Case] = [
        Case("lifecycle/put-get-release", "a stored value can be fetched until it is released") { context in
            let engine = context.engine
            let ref = try await engine.put(.value(TypedValue([1, 2, 3])))
            guard case .value(let value) = try await engine.get(ref) else {
                throw ConformanceFailure("the value that was fetched is still encoded")
            }
            try context.expectEqual(value.untyped as? [Int], [1, 2, 3])
            await engine.release([ref])
            let error = try await context.expectError(EngineError.self) { try await engine.get(ref) }
            try context.expectEqual(error.code, .unknownValue, "the code")
        },
        Case("lifecycle/unknown-value", "an unknown reference is an error to fetch and nothing to release") { context in
            let unknown = ValueRef(id: .max, byteCount: 0)
            let error = try await context.expectError(EngineError.self) { try await context.engine.get(unknown) }
            try context.expectEqual(error.code, .unknownValue, "the code")
            await context.engine.release([unknown, unknown])
        },
        Case("lifecycle/outputs-held", "a job's outputs are held until they are released") { context in
            let engine = context.engine, session = context.session
            var refs: [Int: ValueRef] = [:]
            for try await event in engine.submit(try context.job(session.delayed(double, session.delayed(add, 1, 2)))) {
                if case .output(let position, let ref) = event { refs[position] = ref }
            }
            guard let ref = refs[0], refs.count == 1 else { throw ConformanceFailure("the outputs reported are \(refs)") }
            _ = try await engine.get(ref)
            _ = try await engine.get(ref)
            await engine.release([ref])
            try await context.expectError(EngineError.self) { try await engine.get(ref) }
        },
        Case("lifecycle/nothing-left", "after a run, failed or not, the engine holds nothing of it") { context in
            let session = context.session
            let before = try await context.engine.resources().usedBytes
            _ = try await session.compute((0..<4).map { _ in session.delayed(makeBytes, 1 << 20) })
            _ = try await session.delayed(checksum, session.delayed(makeBytes, 1 << 20)).compute()
            try await context.expectError(TaskError.self) {
                try await session.compute([
                    session.delayed(checksum, session.delayed(makeBytes, 1 << 20)), session.delayed(checksumFailing, 1),
                ])
            }
            for try await _ in session.asCompleted((0..<4).map { _ in session.delayed(makeBytes, 1 << 20) }) {}
            try context.expectEqual(try await context.engine.resources().usedBytes, before, "the bytes held")
        },
        Case("lifecycle/side-by-side", "several plans run at a time, each with its own result") { context in
            let session = context.session
            let results = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                for plan in 0..<16 {
                    group.addTask {
                        let values = (0..<100).map { session.delayed(add, Delayed($0), Delayed(plan)) }
                        return (plan, try await session.delayed(total, values).compute())
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            try context.expectEqual(results, Dictionary(uniqueKeysWithValues: (0..<16).map { ($0, 4_950 + 100 * $0) }))
        },
        Case("lifecycle/failure-beside", "a plan that fails leaves plans beside it alone", requires: [.asyncFunctions]) { context in
            let session = context.session, held = try await context.held()
            async let good = session.delayed(double, session.delayed(hold, Delayed(held.path), 4)).compute()
            try await held.started()
            try await context.expectError(TaskError.self) { try await session.delayed(double, session.delayed(fail, "boom", 1)).compute() }
            try await held.go()
            try context.expectEqual(try await good, 8)
        },
        Case("lifecycle/resources", "an engine says what it has to work with") { context in
            let resources = try await context.engine.resources()
            try context.expectEqual(resources.engine, context.engine.capabilities.engine, "the name")
            try context.expect(resources.workers >= 1 && resources.cores >= 1, "\(resources.workers) workers, \(resources.cores) cores")
            try context.expect(resources.memoryBytes > 0, "\(resources.memoryBytes) bytes of memory")
        },
        Case("lifecycle/closed", "a closed session refuses plans and values") { context in
            let session = context.session
            let value = session.delayed(add, 1, 1)
            await session.close()
            await session.close()
            let error = try await context.expectError(EngineError.self) { try await value.compute() }
            try context.expectEqual(error.code, .closed, "the code")
            let got = try await context.expectError(EngineError.self) { try await context.engine.get(ValueRef(id: 1, byteCount: 0)) }
            try context.expectEqual(got.code, .closed, "the code of get")
        },
        Case("lifecycle/closing-ends-runs", "closing a session ends what runs, and its event streams", requires: [.asyncFunctions]) {
            context in
            let session = context.session, held = try await context.held()
            let events = session.events()
            let task = Task { try await session.delayed(forever, Delayed(held.path), 1).compute() }
            try await held.started()
            await session.close()
            do {
                _ = try await task.value
                throw ConformanceFailure("the run ended without an error")
            } catch let error as EngineError {
                try context.expectEqual(error.code, .closed, "the code")
            } catch is CancellationError {}
            for await _ in events {}
        },
    ]

    static let checksumFailing = Function("conformance.checksumFailing") { (_: Int) -> UInt64 in
        throw ConformanceTaskError(description: "boom")
    }
}
