// Where a sentinel's configuration and its state come from, so that both can be read again.
//
//     without `state-file`     the configuration is the state: one file, rewritten in place
//     with it                  the configuration is only read; Consensus merges both (SeparateState)
//
// Passwords that stand in files of their own are read here, and put where the others stand.

import Bytes
import Configuration
import Consensus
import Daemon
import Reactor

/// What was read, all of it or nothing.
struct SentinelConfiguration {
    var settings = SentinelSettings()
    var serving = ServingSettings()
    var lines: [ConfigurationLine] = []
    /// Lines for the log: where the configuration counts against the state.
    var conflicts: [String] = []
}

/// Where the configuration comes from.
struct ConfigurationSource {
    /// The command line; its path is absolute once the configuration was read.
    var options: CommandLineOptions
    /// Where the process was started: what the file includes is relative to it.
    let directory: String

    /// Reads the file, what it includes, the command line, and the state.
    ///
    /// `running` is the text that the state of a running sentinel begins with.
    func read(
        _ files: DiskFiles, running: [UInt8]? = nil
    ) throws(ConfigurationError) -> SentinelConfiguration {
        var result = SentinelConfiguration()
        var reader = ConfigurationReader(files: files)
        if let path = options.path {
            result.settings.text = try text(of: path)
            try reader.read(path: path) { line, _ in result.lines.append(line) }
        }
        try reader.read(bytes: options.lines, source: "command line") { line, _ in
            result.lines.append(line)
        }
        let configured = result.lines
        result.serving = try ServingSettings(configured.filter { $0.words[0] != "sentinel" })
        let separate = result.serving.stateFile.text
        if !separate.isEmpty {
            let state: [UInt8]?
            do throws(DirectiveError) {
                state = try reader.files.readIfPresent(separate)
            } catch {
                throw .unreadable(path: separate, reason: error.reason)
            }
            let merged = try SeparateState(
                configuration: configured, state: state, path: separate, running: running)
            result.lines = merged.lines
            result.conflicts = merged.conflicts
            result.settings.text = merged.head
            result.settings.configuredSecrets = ConfiguredSecrets(configured)
        }
        try result.settings.obey(result.lines)
        try readSecrets(&result, &reader.files)
        if let path = separate.isEmpty ? options.path : separate {
            ConfigurationSource.readCompanion(of: path, &result.settings)
        }
        return result
    }

    private func text(of path: String) throws(ConfigurationError) -> [UInt8] {
        do throws(FileError) {
            return try File.contents(of: path).bytes
        } catch {
            throw .unreadable(path: path, reason: "\(error.cause)")
        }
    }

    private func readSecrets(
        _ result: inout SentinelConfiguration, _ files: inout DiskFiles
    ) throws(ConfigurationError) {
        if !result.serving.passwordFile.isEmpty {
            result.serving.password = try secret(
                "requirepass-file", result.serving.passwordFile,
                isGiven: !result.serving.password.isEmpty, &files)
            result.settings.requiredPassword = result.serving.password
        }
        for index in result.settings.masters.indices {
            let master = result.settings.masters[index]
            guard let file = master.authPasswordFile else { continue }
            result.settings.masters[index].authPassword = try secret(
                "sentinel auth-pass-file \(master.name)", file,
                isGiven: master.authPassword != nil, &files)
        }
    }

    private func secret(
        _ name: String, _ file: ByteString, isGiven: Bool, _ files: inout DiskFiles
    ) throws(ConfigurationError) -> ByteString {
        if isGiven {
            throw .contradiction(
                reason: "\(name) and the password itself are both set: keep one of them")
        }
        do throws(DirectiveError) {
            return try files.secret(file)
        } catch {
            throw .contradiction(reason: "\(name): \(error.reason)")
        }
    }

    /// Reads the file beside the state file, if there is one.
    private static func readCompanion(of path: String, _ settings: inout SentinelSettings) {
        let path = StateFile.companionPath(ProcessControl.resolve(path) ?? path)
        var files = DiskFiles()
        do throws(DirectiveError) {
            settings.remember(try files.readIfPresent(path))
        } catch {
            settings.forgetCompanion(reason: error.reason)
        }
    }
}
