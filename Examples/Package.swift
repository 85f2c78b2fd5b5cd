// swift-tools-version: 6.2
import PackageDescription

let names = [
    "SumByKey", "WordCount", "DelayedValues", "DynamicTasks", "AsyncAndRetries", "Joins", "Sorting", "JSONLines", "Persisting",
    "LargerThanMemory", "WatchingEvents", "Arrays", "Stencil", "LinearAlgebra", "Elsewhere", "Actors",
]

// One runnable program for each feature: `swift run --package-path Examples SumByKey data.csv`.
let package = Package(
    name: "sheaf-examples",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "sheaf", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    ],
    targets: names.map { name in
        .executableTarget(
            name: name,
            dependencies: [
                .product(name: "Sheaf", package: "sheaf"), .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ])
    },
    swiftLanguageModes: [.v6]
)
