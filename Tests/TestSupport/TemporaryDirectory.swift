import Foundation

/// A directory of a test's own, removed with it.
public final class TemporaryDirectory: Sendable {
    /// Its absolute path.
    public let path: String

    /// A new, empty directory.
    public init() throws {
        var template = Array("/tmp/rds-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else {
            throw POSIXError(.init(rawValue: errno) ?? .EIO)
        }
        path = String(cString: made)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in it.
    public func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file in it and returns its path.
    @discardableResult
    public func write(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    /// The text of a file in it; empty when it is not there.
    public func read(_ name: String) -> String {
        (try? Data(contentsOf: URL(fileURLWithPath: file(name))))
            .map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
