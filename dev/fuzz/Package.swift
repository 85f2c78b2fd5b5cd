// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that only what is fuzzed is built with a sanitizer.
let package = Package(
    name: "sheaf-fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "sheaf", path: "../..")],
    targets: [
        .executableTarget(
            name: "arrow-fuzz", dependencies: [.product(name: "SheafArrow", package: "sheaf")],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ])
    ])
