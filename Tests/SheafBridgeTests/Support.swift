import Foundation
import SheafCore
import SheafTesting
import Testing

@testable import SheafBridge

/// The test worker, which lies beside the bundle of tests.
let workerPath: String = {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
        folder = bundle.bundleURL.deletingLastPathComponent()
    }
    return folder.appendingPathComponent("sheaf-test-worker").path
}()

let fakeSidecar: SidecarSources = {
    guard let file = Bundle.module.url(forResource: "fake_sidecar", withExtension: "py", subdirectory: "FakeSidecar"),
        let text = try? String(contentsOf: file, encoding: .utf8)
    else { return SidecarSources(modules: [:], main: "missing") }
    return SidecarSources(modules: ["fake_sidecar": text], main: "fake_sidecar")
}()

/// An engine behind a sidecar that needs nothing installed.
func fakeEngine(_ address: String = "", workers: Int = 2, needs: [String] = [], python: String? = nil) async throws -> BridgeEngine {
    let options = BridgeOptions(address: address, workers: workers, timeout: 20, python: python ?? "python3", program: workerPath)
    return try await BridgeEngine.started(
        BridgeKind(name: "fake", title: "Fake", needs: needs, port: 1), options, sources: fakeSidecar)
}

/// Runs `body` with an engine, shuts it down, and checks that its sidecar is gone.
func withFake(
    _ address: String = "", workers: Int = 2, _ body: @escaping @Sendable (BridgeEngine, Session) async throws -> Void
) async throws {
    let engine = try await fakeEngine(address, workers: workers)
    let session = Session(engine: engine), sidecar = engine.sidecarProcess
    do { try await withTimeLimit(.seconds(60)) { try await body(engine, session) } } catch {
        await session.close()
        throw error
    }
    await session.close()
    if let sidecar, kill(sidecar, 0) == 0 { throw ConformanceFailure("the sidecar \(sidecar) is left") }
}
