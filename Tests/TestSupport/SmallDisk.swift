import Foundation

/// A file system in memory of a few hundred KiB, so that a test can fill it.
///
/// Mounting takes root. Under CI it must be possible; elsewhere tests that need it are skipped without.
public final class SmallDisk: Sendable {
    /// Whether tests that need one are run.
    public static let isAvailable = geteuid() == 0 || Binaries.isContinuousIntegration

    /// Where it is mounted.
    public let path: String
    private let directory: TemporaryDirectory
    private var filling: String { path + "/filling" }

    /// Mounts an empty one of that size.
    public init(kilobytes: Int) throws {
        directory = try TemporaryDirectory()
        path = directory.file("disk")
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
        let result = try run(
            "/usr/bin/mount", ["-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", path])
        guard result.status == 0 else {
            throw TimedOut(description: "no file system of \(kilobytes) KiB: \(result.output)")
        }
    }

    deinit { _ = try? run("/usr/bin/umount", ["--lazy", path]) }

    /// Leaves room for nothing.
    public func fill() throws {
        let descriptor = open(filling, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        defer { close(descriptor) }
        let page = [UInt8](repeating: 0x78, count: 4096)
        while write(descriptor, page, page.count) > 0 {}
    }

    /// Gives the room back.
    public func empty() throws { try FileManager.default.removeItem(atPath: filling) }
}
