import Bytes
import Configuration

/// Where the administrator's settings end and those of the run begin.
///
/// ```
///   lines ─► secrets that they name ─► administrator ─► state file over it ─► settings
///                                           │                                   │
///                                           └── CONFIG REWRITE: the differences ◄┘ state file
/// ```
/// Without `state-file` there is no difference: CONFIG REWRITE writes the configuration itself.
extension ServerConfiguration {
    /// Reads the passwords that stand in files of their own.
    mutating func readSecrets(
        _ files: inout some ConfigurationFiles
    ) throws(ConfigurationError) {
        settings.requirePass = try secret(
            "requirepass", settings.requirePassFile, settings.requirePass, &files)
        settings.masterAuth = try secret(
            "masterauth", settings.masterAuthFile, settings.masterAuth, &files)
    }

    private mutating func secret(
        _ name: String, _ file: ByteString, _ given: ByteString,
        _ files: inout some ConfigurationFiles
    ) throws(ConfigurationError) -> ByteString {
        if file.isEmpty { return given }
        let table = ServerDirectives.table
        guard given.isEmpty else {
            throw .contradiction(reason: "\(name) and \(name)-file are both set: keep one of them")
        }
        // A reload looks at what was named: so was this one.
        if let row = table.index(of: ByteString(name)),
            let fileRow = table.index(of: ByteString("\(name)-file"))
        {
            places[row] = places[fileRow]
        }
        do throws(DirectiveError) {
            return try files.secret(file)
        } catch {
            throw .contradiction(reason: "\(name)-file: \(error.reason)")
        }
    }

    /// Lays what was changed at run time over the administrator's settings.
    mutating func layRunTimeState(
        _ files: inout some ConfigurationFiles
    ) throws(ConfigurationError) {
        let path = settings.stateFile.text
        if path.isEmpty { return }
        guard let text = try Self.read(path, &files) else { return }
        runTime = try ServerDirectives.table.overlay(
            RunTimeState(parsing: text, source: path), on: &settings, source: path)
        guard settings.directory != administrator.directory else { return }
        do throws(DirectiveError) {
            try files.enter(settings.directory.text)
            enteredPath = settings.directory.text
        } catch {
            throw .contradiction(reason: "\(path): dir \(settings.directory): \(error.reason)")
        }
    }

    private static func read(
        _ path: String, _ files: inout some ConfigurationFiles
    ) throws(ConfigurationError) -> [UInt8]? {
        do throws(DirectiveError) {
            return try files.readIfPresent(path)
        } catch {
            throw .unreadable(path: path, reason: error.reason)
        }
    }

    /// What CONFIG REWRITE puts into the state file of a server that runs with `running`.
    public func changes(of running: ServerSettings) -> RunTimeState {
        ServerDirectives.table.changes(
            of: running, from: baseline, administrator: administrator
        ) { row in
            // Of what is set at start only, sentinels change the master.
            if row.name == "replicaof" { return true }
            return !row.flags.contains(.immutable) && !isInFile(row.name, running)
        }
    }

    /// The passwords that `running` has changed and that only their own file could keep.
    public func unsavedSecrets(of running: ServerSettings) -> [String] {
        ["requirepass", "masterauth"].filter { name in
            guard isInFile(name, running), let row = ServerDirectives.table.row(ByteString(name))
            else { return false }
            return row.value(in: running) != row.value(in: baseline)
        }
    }

    private func isInFile(_ name: String, _ settings: ServerSettings) -> Bool {
        switch name {
        case "requirepass": !settings.requirePassFile.isEmpty
        case "masterauth": !settings.masterAuthFile.isEmpty
        default: false
        }
    }

    /// The system granted so many clients, and calls the directory by this path: nobody changed them.
    public mutating func wasGranted(maxClients: Int, directory: ByteString) {
        if settings.maxClients == administrator.maxClients { baseline.maxClients = maxClients }
        if settings.directory == administrator.directory { baseline.directory = directory }
    }

    /// What a reload does not take over still overrides what the server was started with.
    public mutating func remainsAtStart(_ earlier: ServerConfiguration) {
        for row in ServerDirectives.table.rows where row.flags.contains(.immutable) {
            row.set(row.value(in: earlier.administrator), in: &administrator)
            row.set(row.value(in: earlier.baseline), in: &baseline)
        }
        if administrator.maxClients == earlier.administrator.maxClients {
            baseline.maxClients = earlier.baseline.maxClients
        }
        let isSameDirectory = administrator.directory == earlier.administrator.directory
        baseline.directory = isSameDirectory ? earlier.baseline.directory : settings.directory
    }
}
