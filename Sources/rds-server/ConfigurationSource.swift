import Bytes
import CommandCatalog
import Configuration
import Daemon
import Reactor
import Server

/// Where the configuration comes from, so that it can be read again.
struct ConfigurationSource {
    /// What was read last.
    var last = ServerConfiguration()

    private let options: CommandLineOptions
    private let standardInput: [UInt8]
    /// Where the process was started: what the command line names is relative to it.
    private let directory: String

    /// Reads the configuration for the first time, and enters its directory.
    init(
        _ options: CommandLineOptions, standardInput: [UInt8]
    ) throws(ConfigurationError) {
        self.options = options
        self.standardInput = standardInput
        directory = ProcessControl.workingDirectory()
        last = try load(DiskFiles())
    }

    /// Reads all of it again, and leaves the working directory alone.
    func read() throws(ConfigurationError) -> ServerConfiguration {
        var configuration = try load(DiskFiles(relativeTo: directory))
        // The server runs with an absolute path, whatever the file says.
        let entered = configuration.enteredPath
        let path = entered.hasPrefix("/") ? entered : "\(directory)/\(entered)"
        if let place = ProcessControl.resolve(path) {
            configuration.settings.directory = ByteString(place)
        }
        return configuration
    }

    private func load(_ files: DiskFiles) throws(ConfigurationError) -> ServerConfiguration {
        try ServerConfiguration.load(
            options, standardInput: standardInput, files: files,
            catalog: CommandTable(for: .server))
    }
}
