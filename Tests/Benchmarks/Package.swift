// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that who uses rds never resolves or builds it:
//   swift run --package-path Tests/Benchmarks -c release storage-benchmark
let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "rds", path: "../..")],
    targets: [
        .executableTarget(
            name: "storage-benchmark", dependencies: [.product(name: "Storage", package: "rds")],
            swiftSettings: [
                .unsafeFlags([
                    "-cross-module-optimization", "-enforce-exclusivity=unchecked",
                ])
            ])
    ],
    swiftLanguageModes: [.v6]
)
