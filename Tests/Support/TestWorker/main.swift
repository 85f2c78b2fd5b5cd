internal import SheafTesting
internal import SheafWorker

await Worker.serveIfAsked(
    EngineConformance.functions + [EngineConformance.workflow] + TestFunctions.all + TestWorkflows.all + TestActors.all)
try await HangingParent.runIfAsked()
try await Measurement.runIfAsked()
if CommandLine.arguments.count == 1 { print("A worker for tests: it does nothing by itself.") }
