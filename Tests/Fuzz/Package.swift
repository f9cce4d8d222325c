// swift-tools-version: 6.2
import PackageDescription

// Fuzz targets, each a program that libFuzzer drives. A package of its own, so that who uses rds
// never resolves it:
//   swift build --package-path Tests/Fuzz -c release -Xswiftc -sanitize=fuzzer
//   Tests/Fuzz/.build/release/fuzz-rdb -max_total_time=300 corpus-directory Tests/Golden
func fuzzer(_ name: String, _ products: [String], _ shared: [Target.Dependency] = []) -> Target {
    .executableTarget(
        name: name,
        dependencies: ["FuzzDriver"] + shared
            + products.map { .product(name: $0, package: "rds") },
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])])
}

let package = Package(
    name: "Fuzz",
    dependencies: [.package(name: "rds", path: "../..")],
    targets: [
        .target(name: "FuzzDriver"),
        .target(
            name: "FuzzPieces", dependencies: [.product(name: "Parsers", package: "rds")]),
        fuzzer("fuzz-requests", ["Parsers"], ["FuzzPieces"]),
        fuzzer("fuzz-replies", ["Parsers"], ["FuzzPieces"]),
        fuzzer("fuzz-rdb", ["Storage"]),
        fuzzer("fuzz-configuration", ["Configuration"]),
        fuzzer("fuzz-hello", ["Parsers"]),
    ],
    swiftLanguageModes: [.v6]
)
