// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// A package of its own, so that only what is fuzzed is built with a sanitizer.
let package = Package(
    name: "sheaf-fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "sheaf", path: "../..")],
    targets: [
        .executableTarget(
            name: "arrow-fuzz", dependencies: [.product(name: "SheafArrow", package: "sheaf")],
            swiftSettings: settings),
        .executableTarget(name: "values-fuzz", dependencies: [.product(name: "SheafCore", package: "sheaf")], swiftSettings: settings),
    ])
