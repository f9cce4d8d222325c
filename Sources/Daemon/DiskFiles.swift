import Bytes
import Configuration
import Glibc
import Reactor

/// The file system, as the reader of configurations sees it.
public struct DiskFiles: ConfigurationFiles {
    /// The largest configuration file.
    private static let maximumSize = 64 << 20

    /// The file system of this process.
    public init() {}

    /// The bytes of a file.
    public mutating func read(_ path: String) throws(DirectiveError) -> [UInt8] {
        do throws(FileError) {
            return try File.contents(of: path, limit: Self.maximumSize).bytes
        } catch {
            throw DirectiveError("\(error.cause)")
        }
    }

    /// Paths that match a pattern, sorted.
    public mutating func paths(matching pattern: String) -> [String] {
        var found = unsafe glob_t()
        defer { unsafe globfree(&found) }
        guard unsafe glob(pattern, 0, nil, &found) == 0, let first = unsafe found.gl_pathv
        else { return [] }
        return unsafe (0..<Int(found.gl_pathc)).compactMap { index in
            guard let path = unsafe first[index] else { return nil }
            return unsafe String(cString: path)
        }
    }

    /// Makes a directory the working directory.
    public mutating func enter(_ directory: String) throws(DirectiveError) {
        do throws(SystemError) {
            try ProcessControl.enter(directory)
        } catch {
            throw DirectiveError("\(error)")
        }
    }

    /// What stands on standard input, up to its end.
    public static func standardInput() -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < maximumSize, let line = readLine(strippingNewline: false) {
            bytes += line.utf8
        }
        return bytes
    }
}
