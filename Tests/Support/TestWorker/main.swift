internal import SheafTesting
internal import SheafWorker

await Worker.serveIfAsked(EngineConformance.functions + TestFunctions.all)
try await HangingParent.runIfAsked()
print("A worker for tests: it does nothing by itself.")
