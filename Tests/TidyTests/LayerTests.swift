import Foundation
import TestSupport
import Testing

/// The layers of ARCHITECTURE.md: what each target may import of ours.
///
/// The lower never know the higher, and what decides never sees what touches the kernel.
private let layers: [String: Set<String>] = [
    "Bytes": ["CIntrinsics"],
    "Determinism": [],
    "Protocol": ["Bytes", "Determinism"],
    "CommandCatalog": ["Bytes"],
    "Configuration": ["Bytes"],
    "Sessions": ["Bytes", "Determinism", "Protocol", "CommandCatalog", "Configuration"],
    "Storage": ["Bytes", "Determinism", "CIntrinsics", "CLZF", "CJemalloc"],
    "Replication": ["Bytes", "Determinism", "Protocol"],
    "Consensus": ["Bytes", "Determinism", "Protocol", "Configuration"],
    "Server": [
        "Bytes", "Determinism", "Protocol", "CommandCatalog", "Configuration", "Sessions",
        "Storage", "Replication",
    ],
    "Reactor": ["Bytes", "Determinism", "CLinux", "CIntrinsics"],
    "Systemd": ["CSystemd"],
    "LogOutput": ["Systemd", "Logging", "CLinux"],
    "Daemon": [
        "Bytes", "Determinism", "Reactor", "Systemd", "LogOutput", "CLinux", "Configuration",
        "Sessions", "Protocol",
    ],
    "rds-server": [
        "Bytes", "Determinism", "Protocol", "CommandCatalog", "Configuration", "Sessions",
        "Storage", "Replication", "Server", "Reactor", "Systemd", "LogOutput", "Daemon",
        "CJemalloc", "CLinux",
    ],
    "rds-sentinel": [
        "Bytes", "Determinism", "Protocol", "CommandCatalog", "Configuration", "Sessions",
        "Consensus", "Reactor", "Systemd", "LogOutput", "Daemon", "CLinux",
    ],
    "CommandLineClient": ["Bytes", "Protocol", "CommandCatalog"],
    "rds-cli": ["Bytes", "Protocol", "CommandCatalog", "CommandLineClient", "CEdit", "CLinux"],
    "Simulation": [
        "Bytes", "Determinism", "Protocol", "CommandCatalog", "Configuration", "Sessions",
        "Storage",
        "Replication", "Consensus", "Server",
    ],
    "rds-simulate": ["Simulation", "Synchronization"],
]

/// Targets that decide: no clock, socket, file or random number is within their reach.
private let pureTargets: Set<String> = [
    "Determinism", "CommandCatalog", "CommandLineClient", "Configuration", "Sessions",
    "Replication", "Consensus", "Server", "Simulation",
]

private struct SourceFile {
    var target: String
    var path: String
    var text: String
}

private func sources() throws -> [SourceFile] {
    let top = Binaries.repository.appendingPathComponent("Sources")
    let files = FileManager.default.enumerator(atPath: top.path)?.allObjects as? [String] ?? []
    return try files.filter { $0.hasSuffix(".swift") }.sorted().map { path in
        SourceFile(
            target: String(path.prefix { $0 != "/" }), path: path,
            text: try String(contentsOf: top.appendingPathComponent(path), encoding: .utf8))
    }
}

private func imports(_ text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(of: "import"), place <= 2, place + 1 < words.count,
            !line.hasPrefix(" "), !line.hasPrefix("/")
        else { return nil }
        return String(words[place + 1])
    }
}

@Suite struct `The tree` {
    @Test func `a target imports only what its layer allows`() throws {
        let files = try sources()
        #expect(files.count > 50)
        for file in files {
            let allowed = try #require(layers[file.target], "no layer for \(file.target)")
            for name in imports(file.text) where name != "Glibc" {
                #expect(allowed.contains(name), "\(file.path) imports \(name)")
            }
        }
    }

    @Test func `what decides never reaches for the kernel`() throws {
        for file in try sources() where pureTargets.contains(file.target) {
            #expect(!imports(file.text).contains("Glibc"), "\(file.path) imports Glibc")
        }
    }

    @Test func `no daemon links Foundation`() throws {
        for file in try sources() {
            #expect(!imports(file.text).contains("Foundation"), "\(file.path)")
        }
    }

    @Test func `what would end the process or hide an error is not written`() throws {
        for file in try sources() {
            for word in ["try!", "fatalError(", " as! ", "TODO", "FIXME"] {
                #expect(!file.text.contains(word), "\(file.path) has \(word)")
            }
        }
    }

    @Test func `weaknesses of the original are switched on by the simulator and tests alone`()
        throws
    {
        for file in try sources()
        where file.target.hasPrefix("rds-") && file.target != "rds-simulate" {
            #expect(!file.text.contains("eaknesses"), "\(file.path) names weaknesses")
        }
    }

    @Test func `a file can be read in one sitting`() throws {
        for file in try sources() where !file.path.contains("Rows") {
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).count
            #expect(lines <= 650, "\(file.path) has \(lines) lines")
        }
    }
}
