// swift-tools-version: 6.2
import PackageDescription

// Warnings are errors everywhere. Sources are checked for strict memory safety: whatever the
// compiler cannot prove is spelled `unsafe` at the place where it happens.
let common: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableExperimentalFeature("Lifetimes"),
    .unsafeFlags(
        ["-cross-module-optimization", "-enforce-exclusivity=unchecked"],
        .when(configuration: .release)),
]
let strict: [SwiftSetting] = common + [.strictMemorySafety()]

// Release programs carry the Swift library inside and resolve every symbol at start. A build has an
// identifier, by which crash reports find its symbols.
let programLinking: [LinkerSetting] = [
    .unsafeFlags(["-Xlinker", "--build-id"]),
    .unsafeFlags(
        ["-static-stdlib", "-Xlinker", "-z", "-Xlinker", "now"], .when(configuration: .release)),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, swiftSettings: strict,
        linkerSettings: programLinking)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: common)
}

let package = Package(
    name: "rds",
    products: [
        .executable(name: "rds-server", targets: ["rds-server"]),
        .executable(name: "rds-sentinel", targets: ["rds-sentinel"]),
        .executable(name: "rds-cli", targets: ["rds-cli"]),
        .executable(name: "rds-simulate", targets: ["rds-simulate"]),
        // For the packages under Tests/, which users do not resolve.
        .library(name: "Configuration", targets: ["Configuration", "Bytes"]),
        .library(name: "Storage", targets: ["Storage", "Bytes", "Determinism"]),
        .library(
            name: "Parsers",
            targets: [
                "Protocol", "Configuration", "CommandCatalog", "Server", "Consensus", "Bytes",
                "Determinism",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2")
    ],
    targets: [
        // L0: what Swift cannot import by itself.
        .target(name: "CIntrinsics"),
        .target(name: "CLinux"),
        .systemLibrary(
            name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(
            name: "CJemalloc", pkgConfig: "jemalloc", providers: [.apt(["libjemalloc-dev"])]),
        .systemLibrary(name: "CLZF", pkgConfig: "liblzf", providers: [.apt(["liblzf-dev"])]),
        .systemLibrary(name: "CEdit", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),

        // L1
        library("Bytes", ["CIntrinsics"]),
        library("Determinism"),
        // L2
        library("Protocol", ["Bytes", "Determinism"]),
        library("CommandCatalog", ["Bytes"]),
        library("Configuration", ["Bytes"]),
        // L3
        library(
            "Sessions", ["Bytes", "Determinism", "Protocol", "CommandCatalog", "Configuration"]),
        library("Storage", ["Bytes", "Determinism", "CIntrinsics", "CLZF", "CJemalloc"]),
        library("Replication", ["Bytes", "Determinism", "Protocol"]),
        library("Consensus", ["Bytes", "Determinism", "Protocol", "Configuration"]),
        library("CommandLineClient", ["Bytes", "Protocol", "CommandCatalog"]),
        // L4
        library(
            "Server",
            [
                "Bytes", "Determinism", "Protocol", "CommandCatalog", "Configuration", "Sessions",
                "Storage", "Replication",
            ]),
        // L5
        library("Reactor", ["Bytes", "Determinism", "CLinux"]),
        library("Systemd", ["CSystemd"]),
        library("LogOutput", [.product(name: "Logging", package: "swift-log"), "Systemd"]),
        library(
            "Daemon",
            [
                "Bytes", "Determinism", "Protocol", "Configuration", "Sessions", "Reactor",
                "Systemd", "LogOutput",
            ]),
        // L6
        program(
            "rds-server",
            [
                "Bytes", "Determinism", "Protocol", "CommandCatalog", "Configuration", "Sessions",
                "Storage", "Replication", "Server", "Reactor", "Systemd", "LogOutput", "Daemon",
                "CJemalloc",
            ]),
        program(
            "rds-sentinel",
            [
                "Bytes", "Determinism", "Protocol", "CommandCatalog", "Configuration", "Sessions",
                "Consensus", "Reactor", "Systemd", "LogOutput", "Daemon",
            ]),
        program(
            "rds-cli",
            ["Bytes", "Protocol", "CommandCatalog", "CommandLineClient", "CEdit", "CLinux"]),
        library(
            "Simulation",
            [
                "Bytes", "Determinism", "Protocol", "CommandCatalog", "Configuration", "Sessions",
                "Storage", "Replication", "Consensus", "Server",
            ]),
        program("rds-simulate", ["Simulation"]),

        // Tests mirror Sources.
        .target(
            name: "TestSupport", dependencies: ["Bytes", "Protocol", "Configuration"],
            path: "Tests/TestSupport", swiftSettings: common),
        tests("BytesTests", ["Bytes", "Determinism"]),
        tests("ProtocolTests", ["Protocol", "Bytes", "Determinism"]),
        tests("CommandCatalogTests", ["CommandCatalog", "Bytes"]),
        tests(
            "CommandLineClientTests",
            ["CommandLineClient", "CommandCatalog", "Protocol", "Bytes"]),
        tests("ConfigurationTests", ["Configuration", "Bytes", "Determinism"]),
        tests(
            "SessionsTests",
            [
                "Sessions", "Protocol", "Bytes", "Determinism", "CommandCatalog", "TestSupport",
            ]),
        tests("StorageTests", ["Storage", "Bytes", "Determinism"]),
        tests("ReplicationTests", ["Replication", "Protocol", "Bytes", "Determinism"]),
        tests(
            "ConsensusTests",
            [
                "Consensus", "Protocol", "Bytes", "Determinism", "Configuration", "TestSupport",
            ]),
        tests(
            "ServerTests",
            [
                "Server", "Sessions", "Storage", "Replication", "Protocol", "CommandCatalog",
                "Configuration", "Bytes", "Determinism", "TestSupport",
            ]),
        tests(
            "ReactorTests",
            [
                "Reactor", "Bytes", "Determinism", "Systemd", "LogOutput", "Daemon", "Sessions",
                "CommandCatalog",
                .product(name: "Logging", package: "swift-log"),
            ]),
        tests("SimulationTests", ["Simulation", "Consensus", "Bytes"]),
        tests(
            "IntegrationTests",
            [
                "TestSupport", "Protocol", "Bytes", "Determinism",
            ]),
        tests("TidyTests", ["TestSupport"]),
    ],
    swiftLanguageModes: [.v6]
)
