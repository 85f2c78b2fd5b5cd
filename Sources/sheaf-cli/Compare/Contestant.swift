import ArgumentParser
import Foundation
import Sheaf

/// Who does the job in a comparison.
enum Contestant: Hashable, Sendable {
    /// The job's own graph, on an engine.
    case engine(name: String, url: String)
    /// The same job, written by hand for another system.
    case peer(PeerSystem)

    var name: String {
        switch self {
        case .engine(let name, _): name
        case .peer(let system): system.title
        }
    }

    /// Reads a list of names of engines, or of URLs, separated by commas.
    ///
    /// - Throws: `ValidationError`.
    static func engines(_ list: String, workers: Int) throws -> [Contestant] {
        let names = list.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
        var engines: [Contestant] = []
        for name in names {
            guard !name.isEmpty else { throw ValidationError("--engines “\(list)”: an engine without a name") }
            let url: EngineURL
            do { url = try EngineURL(name) } catch {
                throw ValidationError("--engines: \((error as? any SheafError)?.message ?? "\(error)")")
            }
            // The embedded engine takes its workers from the session's options; the others are told in their URL.
            let address = name.contains("://") || url.scheme == "local" ? name : "\(url.scheme)://?workers=\(workers)"
            let engine = Contestant.engine(name: name, url: address)
            guard !engines.contains(engine) else { throw ValidationError("--engines “\(list)”: “\(name)” stands there twice") }
            engines.append(engine)
        }
        return engines
    }
}

/// Systems for which jobs are written natively, in Python.
enum PeerSystem: String, CaseIterable, Sendable {
    case pool
    case numpy
    case dask
    case ray
    case pyspark

    var title: String {
        switch self {
        case .pool: "multiprocessing"
        case .numpy: "NumPy"
        case .dask: "Dask, in Python"
        case .ray: "Ray, in Python"
        case .pyspark: "PySpark"
        }
    }

    /// The program's file in the folder of the peers.
    var program: String { "with_\(rawValue).py" }
}
