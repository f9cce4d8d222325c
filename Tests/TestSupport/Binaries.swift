import Foundation

/// Where the programs under test and the real peers are.
public enum Binaries {
    /// The directory that the build put the programs and this test bundle in.
    public static let directory: URL = {
        let executable = try? FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/self/exe")
        return URL(fileURLWithPath: executable ?? CommandLine.arguments[0])
            .deletingLastPathComponent()
    }()

    /// The top of the checkout.
    public static let repository: URL = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// One of our programs.
    public static func program(_ name: String) -> String {
        directory.appendingPathComponent(name).path
    }

    /// A program of the system, such as `redis-server`; nil when it is not installed.
    public static func system(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Under CI every peer must be there: a test that is skipped would hide a failure.
    public static var isContinuousIntegration: Bool {
        ProcessInfo.processInfo.environment["CI"] != nil
    }
}
