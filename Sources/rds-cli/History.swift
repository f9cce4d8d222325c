import Bytes
import CommandLineClient
import Glibc

/// The lines that were typed, kept in a file of one line each that only its owner can read.
struct History {
    /// How many lines are kept.
    private static let capacity = 100

    private let path: String?
    /// The lines, the oldest first.
    private(set) var lines: [[UInt8]] = []

    /// The lines of the file that REDISCLI_HISTFILE names, else of ~/.rediscli_history.
    init() {
        path = DotFile.path(variable: "REDISCLI_HISTFILE", name: ".rediscli_history")
        guard let path, let content = DotFile.content(of: path) else { return }
        for line in content.split(separator: 0x0a) { keep(Array(line)) }
    }

    /// Adds a line unless it equals the last one, and writes the file.
    mutating func add(_ line: [UInt8]) {
        guard lines.last != line else { return }
        keep(line)
        guard let path else { return }
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { _ = close(descriptor) }
        _ = fchmod(descriptor, 0o600)
        let content = [UInt8](lines.map { $0 + [0x0a] }.joined())
        _ = unsafe content.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    }

    private mutating func keep(_ line: [UInt8]) {
        lines.append(line)
        if lines.count > Self.capacity { lines.removeFirst() }
    }
}

/// Files in the user's home directory whose place a variable may change.
enum DotFile {
    /// The path; nil when the variable says /dev/null, or when there is no home directory.
    static func path(variable: String, name: String) -> String? {
        if let chosen = Streams.environment(variable), !chosen.isEmpty {
            return chosen == "/dev/null" ? nil : chosen.text
        }
        guard let home = Streams.environment("HOME"), !home.isEmpty else { return nil }
        return "\(home.text)/\(name)"
    }

    /// All of a file; nil when it cannot be read.
    static func content(of path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        var bytes: [UInt8] = []
        while true {
            var count = 0
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, filled in
                count = unsafe read(descriptor, buffer.baseAddress, buffer.count)
                filled = max(count, 0)
            }
            if count < 0 { return nil }
            if count == 0 { return bytes }
            bytes += chunk
        }
    }
}
