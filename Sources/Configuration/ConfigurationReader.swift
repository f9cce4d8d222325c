import Bytes

/// What reading a configuration needs of the file system; tests and the simulator bring their own.
public protocol ConfigurationFiles {
    /// The bytes of a file; throws the system's words.
    mutating func read(_ path: String) throws(DirectiveError) -> [UInt8]
    /// The bytes of a file; nil if there is none.
    mutating func readIfPresent(_ path: String) throws(DirectiveError) -> [UInt8]?
    /// Where the service manager has put secrets; nil without one.
    var credentialsDirectory: String? { get }
    /// Paths that match a pattern of `*`, `?` and `[...]`, sorted; none is no error.
    mutating func paths(matching pattern: String) -> [String]
    /// Makes a directory the working directory; throws the system's words.
    mutating func enter(_ directory: String) throws(DirectiveError)
}

extension ConfigurationFiles {
    /// None.
    public var credentialsDirectory: String? { nil }
}

/// Reads lines in the order in which they count: the file, its includes in place, standard input,
/// and the command line last.
///
/// A `dir` line takes effect at once, so that later includes are relative to it: `obey` calls
/// `enter` for it.
public struct ConfigurationReader<Files: ConfigurationFiles> {
    /// Includes may nest this deep; a file that includes itself ends here.
    public static var maximumDepth: Int { 16 }

    /// The file system.
    public var files: Files

    /// A reader of these files.
    public init(files: Files) { self.files = files }

    /// Gives every line of the file at `path` to `obey`, following includes.
    public mutating func read(
        path: String,
        obey: (ConfigurationLine, inout Files) throws(ConfigurationError) -> Void
    ) throws(ConfigurationError) {
        try read(path, depth: 0, obey)
    }

    /// Gives every line of `bytes` to `obey`; `source` is what errors call it.
    public mutating func read(
        bytes: [UInt8], source: String,
        obey: (ConfigurationLine, inout Files) throws(ConfigurationError) -> Void
    ) throws(ConfigurationError) {
        try read(bytes, source, depth: 0, obey)
    }

    private mutating func read(
        _ path: String, depth: Int,
        _ obey: (ConfigurationLine, inout Files) throws(ConfigurationError) -> Void
    ) throws(ConfigurationError) {
        let bytes: [UInt8]
        do throws(DirectiveError) {
            bytes = try files.read(path)
        } catch {
            throw .unreadable(path: path, reason: error.reason)
        }
        try read(bytes, path, depth: depth, obey)
    }

    private mutating func read(
        _ bytes: [UInt8], _ source: String, depth: Int,
        _ obey: (ConfigurationLine, inout Files) throws(ConfigurationError) -> Void
    ) throws(ConfigurationError) {
        for line in try ConfigurationLine.lines(of: bytes, source: source) {
            guard line.words[0] == "include", line.words.count == 2 else {
                try obey(line, &files)
                continue
            }
            if depth == Self.maximumDepth {
                throw .line(line, reason: "includes nest deeper than \(depth) files")
            }
            let path = line.words[1].text
            let isPattern = path.contains { $0 == "*" || $0 == "?" || $0 == "[" }
            for included in isPattern ? files.paths(matching: path) : [path] {
                try read(included, depth: depth + 1, obey)
            }
        }
    }
}
