// swift-tools-version: 6.2
import Foundation
import PackageDescription

let environment = ProcessInfo.processInfo.environment

// Hot loops run a user's closure per element, so the element-level code is `@inlinable` and specialises in the user's module.
var settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
// CI sets this; a newcomer with a newer compiler is not stopped by a warning that did not exist yet.
if environment["SHEAF_WARNINGS_AS_ERRORS"] != nil { settings.append(.treatAllWarnings(as: .error)) }

var dependencies: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.0"),
]
// The documentation plugin is a build-time tool of `make docs` only.
if environment["SHEAF_DOCS"] != nil {
    dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}

let package = Package(
    name: "sheaf",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Sheaf", targets: ["Sheaf"]),
        .library(name: "SheafCore", targets: ["SheafCore"]),
        .library(name: "SheafLocal", targets: ["SheafLocal"]),
        .library(name: "SheafBag", targets: ["SheafBag"]),
        .library(name: "SheafArray", targets: ["SheafArray"]),
        .library(name: "SheafArrow", targets: ["SheafArrow"]),
        .library(name: "SheafTable", targets: ["SheafTable"]),
        .library(name: "SheafDuckDB", targets: ["SheafDuckDB"]),
        .library(name: "SheafADBC", targets: ["SheafADBC"]),
        .library(name: "SheafWorker", targets: ["SheafWorker"]),
        .library(name: "SheafDask", targets: ["SheafDask"]),
        .library(name: "SheafRay", targets: ["SheafRay"]),
        .library(name: "SheafTesting", targets: ["SheafTesting"]),
        .executable(name: "sheaf", targets: ["sheaf-cli"]),
    ],
    dependencies: dependencies,
    targets: [
        .target(name: "CSheaf"),
        .target(name: "SheafCore", dependencies: ["CSheaf"], swiftSettings: settings),
        .target(name: "SheafLocal", dependencies: ["SheafCore", "CSheaf"], swiftSettings: settings),
        .target(name: "SheafBag", dependencies: ["SheafCore", "CSheaf"], swiftSettings: settings),
        .target(name: "CArrowABI"),
        .target(name: "SheafArrow", dependencies: ["CArrowABI"], swiftSettings: settings),
        .target(name: "CSheafKernels"),
        .target(
            name: "SheafArray",
            dependencies: [
                "SheafCore", "CSheaf", "CSheafKernels", .product(name: "ComplexModule", package: "swift-numerics"),
                .product(name: "RealModule", package: "swift-numerics"),
            ],
            swiftSettings: settings),
        .target(name: "SheafTable", dependencies: ["SheafCore", "SheafArrow"], swiftSettings: settings),
        .target(name: "CDuckDB", dependencies: ["CArrowABI"]),
        .target(
            name: "SheafDuckDB", dependencies: ["SheafCore", "SheafArrow", "SheafTable", "CSheaf", "CArrowABI", "CDuckDB"],
            swiftSettings: settings),
        .target(name: "CADBC", dependencies: ["CArrowABI"]),
        .target(
            name: "SheafADBC", dependencies: ["SheafCore", "SheafArrow", "SheafTable", "CADBC", "CArrowABI"], swiftSettings: settings),
        .target(
            name: "SheafInterchange", dependencies: ["SheafCore", "SheafBag", "SheafArray", "SheafArrow", "SheafTable"],
            swiftSettings: settings),
        .target(name: "SheafWorker", dependencies: ["SheafCore", "SheafLocal", "CSheaf"], swiftSettings: settings),
        .target(name: "CSheafBridge"),
        .target(
            name: "SheafBridge", dependencies: ["SheafCore", "SheafLocal", "SheafWorker", "CSheaf", "CSheafBridge"], swiftSettings: settings
        ),
        .target(name: "SheafDask", dependencies: ["SheafCore", "SheafBridge"], swiftSettings: settings),
        .target(name: "SheafRay", dependencies: ["SheafCore", "SheafBridge"], swiftSettings: settings),
        .target(
            name: "SheafProgram",
            dependencies: [
                "SheafCore", "SheafLocal", "SheafWorker", "SheafDask", "SheafRay", "SheafTable", "SheafDuckDB", "CSheaf",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .target(
            name: "Sheaf",
            dependencies: [
                "SheafCore", "SheafLocal", "SheafBag", "SheafArray", "SheafArrow", "SheafTable", "SheafInterchange", "SheafProgram",
            ],
            swiftSettings: settings),
        .target(name: "SheafTesting", dependencies: ["SheafCore", "SheafBag", "SheafArray"], swiftSettings: settings),
        .executableTarget(
            name: "sheaf-cli",
            dependencies: [
                "Sheaf", "SheafDuckDB", "SheafADBC", "SheafBridge", "SheafDask", "SheafRay",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "SheafCoreTests", dependencies: ["SheafCore", "SheafLocal", "SheafTesting"], exclude: ["Golden"], swiftSettings: settings),
        .testTarget(name: "SheafLocalTests", dependencies: ["SheafCore", "SheafLocal", "SheafTesting"], swiftSettings: settings),
        .testTarget(name: "SheafBagTests", dependencies: ["Sheaf", "SheafTesting"], resources: [.copy("Oracle")], swiftSettings: settings),
        .testTarget(
            name: "SheafArrayTests",
            dependencies: ["SheafArray", "SheafCore", "SheafLocal", .product(name: "ComplexModule", package: "swift-numerics")],
            resources: [.copy("Oracle")], swiftSettings: settings),
        .testTarget(
            name: "SheafTableTests", dependencies: ["SheafTable", "SheafDuckDB", "SheafCore", "SheafLocal", "SheafArrow"],
            resources: [.copy("Oracle")], swiftSettings: settings),
        .testTarget(
            name: "SheafArrowTests", dependencies: ["SheafArrow", "CArrowABI"], resources: [.copy("Files")], swiftSettings: settings),
        .testTarget(
            name: "SheafDuckDBTests", dependencies: ["SheafDuckDB", "SheafCore", "CArrowABI", "CDuckDB"], swiftSettings: settings),
        .executableTarget(
            name: "sheaf-test-worker", dependencies: ["SheafWorker", "SheafCore", "SheafBag", "SheafArray", "SheafTesting"],
            path: "Tests/Support/TestWorker",
            swiftSettings: settings),
        .testTarget(
            name: "SheafWorkerTests", dependencies: ["SheafWorker", "SheafCore", "SheafLocal", "SheafTesting", "sheaf-test-worker"],
            swiftSettings: settings),
        .testTarget(
            name: "SheafBridgeTests",
            dependencies: [
                "SheafBridge", "SheafWorker", "SheafCore", "SheafLocal", "SheafTesting", "SheafDask", "SheafRay", "CSheaf",
                "sheaf-test-worker",
            ],
            resources: [.copy("FakeSidecar")], swiftSettings: settings),
        .testTarget(name: "SheafInterchangeTests", dependencies: ["Sheaf"], swiftSettings: settings),
        // Its folder Queries is a link into the benchmarks, which measure the same queries.
        .testTarget(
            name: "TPCHTests", dependencies: ["SheafTable", "SheafDuckDB", "SheafArrow", "SheafCore", "SheafLocal"],
            resources: [.copy("Data")], swiftSettings: settings),
        .testTarget(
            name: "SheafADBCTests", dependencies: ["SheafADBC", "SheafTable", "SheafDuckDB", "SheafArrow", "SheafCore", "SheafLocal"],
            swiftSettings: settings),
        .testTarget(name: "ConformanceTests", dependencies: ["Sheaf", "SheafTesting"], swiftSettings: settings),
        .testTarget(name: "CLITests", dependencies: ["sheaf-cli"], exclude: ["Golden"], swiftSettings: settings),
        .testTarget(name: "SheafProgramTests", dependencies: ["Sheaf", "SheafProgram", "SheafTesting"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
