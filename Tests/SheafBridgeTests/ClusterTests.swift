import Foundation
import SheafCore
import SheafDask
import SheafRay
import SheafTesting
import Testing

@testable import SheafBridge
@testable import sheaf_test_worker

/// Clusters that tests share, and an engine on each: started with the first test that needs them, and ended with the process.
actor Clusters {
    static let shared = Clusters()
    private var clusters: [String: Task<TrialCluster, any Error>] = [:]
    private var engines: [String: Task<BridgeEngine, any Error>] = [:]

    func address(of kind: BridgeKind) async throws -> String {
        let task = clusters[kind.name] ?? Task { try await TrialCluster(kind, workers: 2, port: try freePort()) }
        clusters[kind.name] = task
        return try await task.value.address
    }

    func engine(_ kind: BridgeKind) async throws -> BridgeEngine {
        let task = engines[kind.name] ?? Task { try await BridgeEngine.started(kind, try await clusterOptions(kind)) }
        engines[kind.name] = task
        return try await task.value
    }
}

/// A port on which nobody listens.
func freePort() throws -> Int {
    #if os(Linux)
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
    let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    defer { close(descriptor) }
    var address = sockaddr_in(), size = socklen_t(MemoryLayout<sockaddr_in>.size)
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
        }
    }
    guard isBound else { throw ConformanceFailure("no port is free") }
    return Int(UInt16(bigEndian: address.sin_port))
}

/// Whether a Python here has the engine.
func isInstalled(_ kind: BridgeKind) async -> Bool { await EngineProbe(kind).isUsable }

/// How to reach the shared cluster.
func clusterOptions(_ kind: BridgeKind) async throws -> BridgeOptions {
    BridgeOptions(address: try await Clusters.shared.address(of: kind), timeout: 60, program: workerPath)
}

/// Runs a case on the shared cluster; on an engine of its own where it ends one.
private func conforms(_ kind: BridgeKind, _ check: EngineConformance.Case, asWorkflow: Bool) async throws {
    try await conformance(of: kind.name, check, timeLimit: .seconds(200), asWorkflow: asWorkflow) {
        if check.name == "lifecycle/closing-ends-runs" { return try await BridgeEngine.started(kind, try await clusterOptions(kind)) }
        return SharedEngine(try await Clusters.shared.engine(kind))
    }
}

/// One case at a time: they share an engine, and what one leaves behind another would find.
@Suite("Dask conforms", .serialized, .timeLimit(.minutes(8)), .enabled { await isInstalled(DaskProvider.kind) })
struct DaskConformanceTests {
    @Test(arguments: EngineConformance.cases)
    func conforms(_ check: EngineConformance.Case) async throws {
        try await SheafBridgeTests.conforms(DaskProvider.kind, check, asWorkflow: false)
    }

    @Test(arguments: EngineConformance.cases)
    func conformsAsWorkflow(_ check: EngineConformance.Case) async throws {
        try await SheafBridgeTests.conforms(DaskProvider.kind, check, asWorkflow: true)
    }
}

@Suite("Ray conforms", .serialized, .timeLimit(.minutes(8)), .enabled { await isInstalled(RayProvider.kind) })
struct RayConformanceTests {
    @Test(arguments: EngineConformance.cases)
    func conforms(_ check: EngineConformance.Case) async throws {
        try await SheafBridgeTests.conforms(RayProvider.kind, check, asWorkflow: false)
    }

    @Test(arguments: EngineConformance.cases)
    func conformsAsWorkflow(_ check: EngineConformance.Case) async throws {
        try await SheafBridgeTests.conforms(RayProvider.kind, check, asWorkflow: true)
    }
}
