import Foundation

/// Makes what the measured programs need: the C++ peers built, the data files written and in the page cache.
struct Preparation {
    let layout: Layout
    let workload: Workload
    /// Seconds for any one step.
    var timeout = 900.0

    func prepare(jobs: [Job], peers: [Peer]) throws {
        let taking = peers.filter { peer in jobs.contains { $0.peers.contains(peer) } }
        let inputs = Set(jobs.flatMap { workload.inputs(of: $0) })
        if taking.contains(where: \.isSheaf) { try requireSheafJobs() }
        if taking.contains(where: { $0.isPython && !$0.usesEngines }) || !inputs.isEmpty { try requirePython() }
        if taking.contains(where: \.usesEngines) { try requireEngines() }
        if taking.contains(where: \.isCpp) {
            try run(
                Command(executable: "make", arguments: ["-C", layout.cppPeers.path, "OUT=" + layout.builtCppPeers.path]),
                purpose: "build the C++ peers", hint: "run dev/setup-bench, which installs oneTBB and a compiler")
        }
        if !inputs.isEmpty {
            let folder = layout.dataFolder(scale: workload.scale)
            if jobs.contains(.tpch) {
                try requireSheafJobs()
                let sql = folder.appending(path: "tpch/sql").path
                try run(
                    Command(executable: layout.sheafJobs.path, arguments: ["tpch-sql", "--to", sql, "--scale", String(workload.scale)]),
                    purpose: "write the queries of TPC-H", hint: "see whether \(sql) can be written")
            }
            let names = inputs.map(\.rawValue).sorted()
            try run(
                Command(
                    executable: layout.python.path,
                    arguments: [layout.dataGenerator.path, "--folder", folder.path, "--scale", String(workload.scale)] + names),
                purpose: "write the data files", hint: "\(folder.path) needs about 4 GB of space")
            for name in names { readOnce(folder.appending(path: name)) }
        }
    }

    private func requireSheafJobs() throws {
        guard FileManager.default.isExecutableFile(atPath: layout.sheafJobs.path) else {
            throw BenchError(
                code: .missingExecutable, message: "\(layout.sheafJobs.path) is not there",
                hint: "build the whole package: swift build -c release --package-path Benchmarks --scratch-path .build-bench")
        }
    }

    private func requirePython() throws {
        guard FileManager.default.isExecutableFile(atPath: layout.python.path) else {
            throw BenchError(
                code: .missingPeers, message: "\(layout.python.path) is not there", hint: "run dev/setup-bench to install the peers")
        }
    }

    private func requireEngines() throws {
        guard FileManager.default.isExecutableFile(atPath: layout.enginesPython.path) else {
            throw BenchError(
                code: .missingPeers, message: "\(layout.enginesPython.path) is not there",
                hint: "run dev/engines to install Dask and Ray")
        }
    }

    private func run(_ command: Command, purpose: String, hint: String) throws {
        let result = try ChildProcess(command: command, timeout: timeout).run()
        guard result.ending == .exited(0) else {
            throw BenchError(
                code: .preparationFailed, message: "could not \(purpose): \(command) ended with \(result.ending)\n\(result.errors)",
                hint: hint)
        }
    }

    /// So that the first peer to read a file does not pay for the disk.
    private func readOnce(_ file: URL) {
        guard let handle = try? FileHandle(forReadingFrom: file) else { return }
        defer { try? handle.close() }
        while let block = try? handle.read(upToCount: 1 << 20), !block.isEmpty {}
    }
}
