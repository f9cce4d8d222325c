import Bytes
import Configuration
import Glibc
import Reactor

/// The file system, as the reader of configurations sees it.
public struct DiskFiles: ConfigurationFiles {
    /// The largest configuration file.
    private static let maximumSize = 64 << 20

    /// Where relative paths begin, instead of the working directory of the process.
    private var directory: String?

    /// The file system of this process: entering a directory enters it.
    public init() {}

    /// The file system as seen from `directory`: the process stays where it is.
    public init(relativeTo directory: String) { self.directory = directory }

    /// The bytes of a file.
    public mutating func read(_ path: String) throws(DirectiveError) -> [UInt8] {
        do throws(FileError) {
            return try File.contents(of: place(of: path), limit: Self.maximumSize).bytes
        } catch {
            throw DirectiveError("\(error.cause)")
        }
    }

    /// The bytes of a file; nil if there is none.
    public mutating func readIfPresent(_ path: String) throws(DirectiveError) -> [UInt8]? {
        do throws(FileError) {
            return try File.contents(of: place(of: path), limit: Self.maximumSize).bytes
        } catch {
            if error.cause.isMissing { return nil }
            throw DirectiveError("\(path): \(error.cause)")
        }
    }

    /// The directory that `LoadCredential=` of the unit fills.
    public var credentialsDirectory: String? {
        ProcessControl.environment("CREDENTIALS_DIRECTORY")
    }

    /// Paths that match a pattern, sorted.
    public mutating func paths(matching pattern: String) -> [String] {
        var found = unsafe glob_t()
        defer { unsafe globfree(&found) }
        guard unsafe glob(place(of: pattern), 0, nil, &found) == 0,
            let first = unsafe found.gl_pathv
        else { return [] }
        return unsafe (0..<Int(found.gl_pathc)).compactMap { index in
            guard let path = unsafe first[index] else { return nil }
            return unsafe String(cString: path)
        }
    }

    /// Makes a directory the working directory.
    public mutating func enter(_ directory: String) throws(DirectiveError) {
        guard self.directory == nil else {
            // Whether it could be entered.
            guard let place = ProcessControl.resolve(place(of: directory) + "/.") else {
                throw DirectiveError("\(SystemError.current)")
            }
            self.directory = place
            return
        }
        do throws(SystemError) {
            try ProcessControl.enter(directory)
        } catch {
            throw DirectiveError("\(error)")
        }
    }

    private func place(of path: String) -> String {
        guard let directory, !path.hasPrefix("/") else { return path }
        return "\(directory)/\(path)"
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
