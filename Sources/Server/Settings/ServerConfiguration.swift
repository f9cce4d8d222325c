import Bytes
import CommandCatalog
import Configuration

/// The server's configuration as it is read at start: file, includes, standard input, command line.
public struct ServerConfiguration: Sendable {
    /// What the server is to run with: what the lines say, and what was changed at run time over it.
    public var settings = ServerSettings()
    /// What the administrator says: the lines alone, and the secrets that they name.
    public internal(set) var administrator = ServerSettings()
    /// What a server runs with that was started on the lines alone and changed nothing.
    var baseline = ServerSettings()
    /// What was changed at run time, as the state file has it; empty without one.
    public internal(set) var runTime = RunTimeOverlay()
    /// What is worth a line in the log: settings that change less than they say.
    public var warnings: [String] = []

    /// Where the rows of the table were said last.
    public internal(set) var places: [Int: ConfigurationPlace] = [:]

    /// Where `dir` lines lead, from the directory in which the reading began; empty without one.
    public internal(set) var enteredPath = ""

    private var seen: Set<Int> = []

    /// A configuration of defaults.
    public init() {}

    /// Reads everything that the command line names, in the order in which it counts.
    ///
    /// `standardInput` is what was read there, when `options.readsStandardInput`. A `dir` line enters
    /// its directory in `files` at once. `catalog` has the commands that `rename-command` may name.
    public static func load(
        _ options: CommandLineOptions, standardInput: [UInt8] = [],
        files: some ConfigurationFiles, catalog: CommandTable
    ) throws(ConfigurationError) -> ServerConfiguration {
        var configuration = ServerConfiguration()
        try configuration.read(options, standardInput, ConfigurationReader(files: files), catalog)
        // Out of range is out of habit: the nearest sensible rate is meant.
        configuration.settings.hz = min(max(configuration.settings.hz, 1), 500)
        configuration.warnings += Honesty.warnings(configuration.settings)
        return configuration
    }

    private mutating func read<Files: ConfigurationFiles>(
        _ options: CommandLineOptions, _ standardInput: [UInt8],
        _ files: ConfigurationReader<Files>, _ catalog: CommandTable
    ) throws(ConfigurationError) {
        var reader = files
        var configuration = self
        func obey(
            _ line: ConfigurationLine, _ files: inout Files
        ) throws(ConfigurationError) {
            try configuration.obey(line, &files, catalog)
        }
        if let path = options.path { try reader.read(path: path, obey: obey) }
        if options.readsStandardInput {
            try reader.read(bytes: standardInput, source: "standard input", obey: obey)
        }
        try reader.read(bytes: options.lines, source: "the command line", obey: obey)
        self = configuration
        try readSecrets(&reader.files)
        administrator = settings
        baseline = settings
        try layRunTimeState(&reader.files)
    }

    /// Obeys one line.
    private mutating func obey(
        _ line: ConfigurationLine, _ files: inout some ConfigurationFiles, _ catalog: CommandTable
    ) throws(ConfigurationError) {
        if try ServerDirectives.table.apply(line, to: &settings, seen: &seen) {
            if let row = ServerDirectives.table.index(of: line.words[0]) {
                places[row] = ConfigurationPlace(line)
            }
            if line.words[0] == "dir" { try enter(line, &files) }
            return
        }
        let words = line.words
        switch words[0] {
        case "rename-command" where words.count == 3: try rename(line, catalog)
        case "user" where words.count >= 2:
            if !Self.isDefaultUser(words) {
                throw .line(
                    line,
                    reason: "this build has no users but default: remove the user line and set "
                        + "requirepass")
            }
        case "loadmodule" where words.count >= 2:
            throw .line(
                line, reason: "this build loads no modules: remove the loadmodule line")
        case "sentinel" where words.count == 1: break
        case "sentinel":
            throw .line(line, reason: "sentinel directive while not in sentinel mode")
        case "list-max-ziplist-entries" where words.count == 2,
            "list-max-ziplist-value" where words.count == 2,
            "lua-replicate-commands" where words.count == 2:
            // Gone from Redis, and let pass there too.
            break
        case let name where name.bytes.contains(UInt8(ascii: ".")):
            throw .line(
                line, reason: "this build loads no modules: remove settings of modules")
        default:
            throw .line(line, reason: "Bad directive or wrong number of arguments")
        }
    }

    private mutating func enter(
        _ line: ConfigurationLine, _ files: inout some ConfigurationFiles
    ) throws(ConfigurationError) {
        let path = settings.directory.text
        do throws(DirectiveError) {
            try files.enter(path)
            let isRelative = !path.hasPrefix("/") && !enteredPath.isEmpty
            enteredPath = isRelative ? "\(enteredPath)/\(path)" : path
        } catch {
            throw .line(line, reason: error.reason)
        }
    }

    private mutating func rename(
        _ line: ConfigurationLine, _ catalog: CommandTable
    ) throws(ConfigurationError) {
        let name = line.words[1].lowercased
        let newName = line.words[2].lowercased
        // Each line sees the names that the lines before it left.
        let given = settings.renamedCommands.filter { $0.newName == name && !name.isEmpty }
        let taken = settings.renamedCommands.contains { $0.name == name }
        guard !given.isEmpty || (catalog.find(name.bytes.span) != nil && !taken) else {
            throw .line(line, reason: "No such command in rename-command")
        }
        let isFree =
            !settings.renamedCommands.contains { $0.newName == newName }
            && (catalog.find(newName.bytes.span) == nil
                || settings.renamedCommands.contains { $0.name == newName } || newName == name)
        if !newName.isEmpty && !isFree {
            throw .line(line, reason: "Target command name already exists")
        }
        let original = given.first?.name ?? name
        settings.renamedCommands.removeAll { $0.name == original }
        if original != newName {
            settings.renamedCommands.append(RenamedCommand(name: original, newName: newName))
        }
    }

    /// Whether a `user` line only says what is so without it: the default user may do everything.
    ///
    /// CONFIG REWRITE of other servers writes such a line.
    private static func isDefaultUser(_ words: [ByteString]) -> Bool {
        let granted: Set<ByteString> = [
            "on", "nopass", "~*", "&*", "+@all", "allkeys", "allchannels", "allcommands",
            "sanitize-payload",
        ]
        return words[1] == "default" && words.dropFirst(2).allSatisfy { granted.contains($0) }
            && words.contains("nopass") && words.contains("on")
    }
}
