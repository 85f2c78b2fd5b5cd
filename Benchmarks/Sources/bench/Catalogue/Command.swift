import Foundation

/// A program and its arguments.
struct Command: Equatable, CustomStringConvertible {
    var executable: String
    var arguments: [String]

    /// As one would type it, for messages.
    var description: String { ([executable] + arguments).joined(separator: " ") }
}

/// Turns a job and a peer into the command that measures it.
struct Commands {
    let layout: Layout
    let workload: Workload
    let workers: Int
    /// How often slow peers repeat table work in one process.
    var tableRepeats = 5

    /// Nil when the peer does not do the job.
    func command(for job: Job, by peer: Peer) -> Command? {
        guard job.peers.contains(peer) else { return nil }
        switch peer {
        case .sheafSQL:
            return Command(
                executable: layout.sheafJobs.path, arguments: [job.rawValue] + operands(of: job, for: peer) + ["--by-hand"])
        case .sheaf, .sheafOneThread:
            return Command(executable: layout.sheafJobs.path, arguments: [job.rawValue] + operands(of: job, for: peer))
        case .sheafThreads:
            return Command(
                executable: layout.sheafJobs.path, arguments: [job.rawValue] + operands(of: job, for: peer) + ["--engine", "local"])
        case .pool where job.group == .engines: return python("engines_pool", [job.rawValue] + operands(of: job, for: peer))
        case .poolMap: return python("engines_pool", [job.rawValue] + operands(of: job, for: peer) + ["--chunks"])
        case .daskPython: return python("engines_dask", [job.rawValue] + operands(of: job, for: peer), layout.enginesPython)
        case .rayPython: return python("engines_ray", [job.rawValue] + operands(of: job, for: peer), layout.enginesPython)
        case .cppPool, .oneTBB:
            let program = layout.builtCppPeers.appending(path: peer == .oneTBB ? "tasks_tbb" : "tasks_pool")
            return Command(executable: program.path, arguments: [job.rawValue] + operands(of: job, for: peer))
        case .daskThreaded:
            return python("tasks_dask", [job.rawValue] + operands(of: job, for: peer))
        case .polars where job.group == .tables: return table("polars", job, peer)
        case .duckdbPython: return table("duckdb", job, peer)
        case .datafusion: return table("datafusion", job, peer)
        case .pandas: return table("pandas", job, peer)
        case .daskDataframe: return table("dask", job, peer)
        case .pyspark: return table("pyspark", job, peer)
        case .pyarrow: return table("pyarrow", job, peer)
        case .polars: return python(scriptStem(job) + "_polars", operands(of: job, for: peer))
        case .pool: return python(scriptStem(job) + "_pool", operands(of: job, for: peer))
        case .daskBag: return python(scriptStem(job) + "_dask_bag", operands(of: job, for: peer))
        case .pysparkRDD: return python(scriptStem(job) + "_pyspark", operands(of: job, for: peer))
        case .limit where job == .matmul: return python("arrays_blas", [job.rawValue] + operands(of: job, for: peer))
        case .limit:
            let program = layout.builtCppPeers.appending(path: "bandwidth")
            return Command(executable: program.path, arguments: [job.rawValue] + operands(of: job, for: peer))
        case .numpy: return python("arrays_numpy", [job.rawValue] + operands(of: job, for: peer))
        case .numexpr: return python("arrays_numexpr", [job.rawValue] + operands(of: job, for: peer))
        case .jax: return python("arrays_jax", [job.rawValue] + operands(of: job, for: peer))
        case .daskArray: return python("arrays_dask", [job.rawValue] + operands(of: job, for: peer))
        }
    }

    private func table(_ script: String, _ job: Job, _ peer: Peer) -> Command {
        python("tables_" + script, [job.rawValue] + operands(of: job, for: peer))
    }

    /// Jobs of tables read several files, and take their folder.
    func inputPaths(of job: Job) -> [String] {
        if job.group == .tables, !workload.inputs(of: job).isEmpty { return [layout.dataFolder(scale: workload.scale).path] }
        let folder = layout.dataFolder(scale: workload.scale)
        return workload.inputs(of: job).map { folder.appending(path: $0.rawValue).path }
    }

    /// What every program that does the job takes: its files or its size, then the number of workers.
    private func operands(of job: Job, for peer: Peer) -> [String] {
        var operands = inputPaths(of: job)
        if let size = workload.size(of: job, for: peer) { operands += ["--size", String(size)] }
        operands += ["--workers", String(peer == .sheafOneThread ? 1 : workers)]
        if let budget = workload.memoryBudget(of: job) { operands += ["--memory", String(budget)] }
        if job.group == .tables, !job.isPerTask {
            // A slow peer has one process, and repeats its work in that.
            operands += ["--repeats", String(peer.isSlow ? tableRepeats : 1)]
        }
        if job == .tpch { operands += ["--scale", String(workload.scale)] }
        return operands
    }

    private func python(_ script: String, _ arguments: [String], _ python: URL? = nil) -> Command {
        Command(
            executable: (python ?? layout.python).path, arguments: [layout.pythonPeers.appending(path: script + ".py").path] + arguments)
    }

    private func scriptStem(_ job: Job) -> String { job.rawValue.replacing("-", with: "_") }
}
