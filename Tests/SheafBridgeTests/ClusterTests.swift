import Foundation
import SheafCore
import SheafDask
import SheafRay
import SheafTesting
import Testing

@testable import SheafBridge
@testable import sheaf_test_worker

/// Clusters that tests share: started with the first test that needs one, and ended with the process.
actor Clusters {
    static let shared = Clusters()
    private var started: [String: Task<TrialCluster, any Error>] = [:]

    func address(of kind: BridgeKind) async throws -> String {
        if let known = started[kind.name] { return try await known.value.address }
        let task = Task { try await TrialCluster(kind, workers: 2, port: try freePort()) }
        started[kind.name] = task
        return try await task.value.address
    }

    private func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in(), size = socklen_t(MemoryLayout<sockaddr_in>.size)
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard status else { throw ConformanceFailure("no port is free") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// Whether a Python here has the engine.
func isInstalled(_ kind: BridgeKind) async -> Bool { await EngineProbe(kind).isUsable }

private func options(_ kind: BridgeKind) async throws -> BridgeOptions {
    BridgeOptions(address: try await Clusters.shared.address(of: kind), timeout: 60, program: workerPath)
}

@Suite("Dask conforms", .timeLimit(.minutes(5)), .enabled { await isInstalled(DaskProvider.kind) })
struct DaskConformanceTests {
    @Test(arguments: EngineConformance.cases)
    func conforms(_ check: EngineConformance.Case) async throws {
        let options = try await options(DaskProvider.kind)
        let outcome = try await EngineConformance.run(check, expectedGaps: BridgeGaps.all) { try await DaskProvider.engine(options) }
        #expect(outcome == .passed || check.requires.contains(.closures) || BridgeGaps.all.contains { $0.name == check.name })
    }
}
