import Sheaf

/// What a session tells about its runs; `--trace FILE` writes the same as a picture.
@main struct WatchingEvents: Program {
    func run(in session: Session) async throws {
        let events = session.events(.tasks)
        let watcher = Task {
            var finished: [String: Int] = [:]
            for await event in events {
                switch event {
                case .task(let task): if case .finished = task.kind { finished[task.name, default: 0] += 1 }
                case .runFinished(_, let seconds):
                    print("finished in \(seconds) s:", finished.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" })
                    return
                default: break
                }
            }
        }
        print(try await session.bag(0..<1_000_000).map { $0 % 100 }.frequencies(partitions: 3).count())
        await watcher.value
    }
}
