// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// A package of its own, so that users of Sheaf neither resolve nor build any of this.
let package = Package(
    name: "sheaf-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "sheaf", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    ],
    targets: [
        // The driver. It knows Sheaf only as one more program to run.
        .executableTarget(
            name: "bench",
            dependencies: [.product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: settings
        ),
        // The work on Sheaf's side, one subcommand a job.
        .executableTarget(
            name: "sheaf-jobs",
            dependencies: [
                "TPCH",
                .product(name: "Sheaf", package: "sheaf"),
                .product(name: "SheafTable", package: "sheaf"),
                .product(name: "SheafArrow", package: "sheaf"),
                .product(name: "SheafDuckDB", package: "sheaf"),
                .product(name: "SheafADBC", package: "sheaf"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        // The 22 queries of TPC-H as typed expressions, and as SQL by hand.
        .target(
            name: "TPCH",
            dependencies: [
                .product(name: "SheafTable", package: "sheaf"), .product(name: "SheafArrow", package: "sheaf"),
                .product(name: "SheafCore", package: "sheaf"),
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "benchTests", dependencies: ["bench"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
