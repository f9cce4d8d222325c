import CommandCatalog
import Configuration
import Daemon
import Reactor
import Server

/// What the command line asks for: a server, a sentinel, or a word about the program.
enum Program {
    /// Runs it and returns the status to leave with.
    static func run(_ arguments: [String]) -> Int32 {
        let name = arguments.first.map { File.name(of: $0) } ?? "rds-server"
        let rest = Array(arguments.dropFirst())
        if name.hasSuffix("-sentinel") || rest.contains("--sentinel") {
            let reason = StartUp.become(
                "rds-sentinel", arguments: rest.filter { $0 != "--sentinel" })
            return complain("\(name): cannot run as a sentinel: \(reason)\n")
        }
        switch rest.first {
        case "-v", "--version": return tell(version)
        case "-h", "--help": return tell(help(name))
        default: break
        }
        let options = CommandLineOptions(rest)
        let input = options.readsStandardInput ? DiskFiles.standardInput() : []
        do throws(ConfigurationError) {
            // The file's path is kept before a `dir` line changes what it is relative to.
            let path = options.path.flatMap { ProcessControl.resolve($0) } ?? ""
            let source = try ConfigurationSource(options, standardInput: input)
            let start = Start(
                source: source, path: path, program: arguments.first ?? name,
                hasArguments: !rest.isEmpty)
            return start.run()
        } catch {
            return complain(error.message(version: ProcessIdentity.compatibleVersion))
        }
    }

    private static var version: String {
        "rds server v=\(ProcessIdentity.compatibleVersion) sha=00000000:0 malloc=jemalloc "
            + "bits=\(Int.bitWidth) build=rds-\(ProcessIdentity.version)\n"
    }

    private static func help(_ name: String) -> String {
        """
        Usage: \(name) [FILE | -] [--DIRECTIVE VALUE ...] [-]
               \(name) FILE --sentinel
               \(name) -v | --version
               \(name) -h | --help

        FILE is a configuration file in the format of redis.conf; - reads one from standard
        input. Directives on the command line count after those of the file.

        Examples:
               \(name)                                    with every directive at its default
               \(name) /etc/rds/rds.conf
               \(name) --port 7777 --replicaof 127.0.0.1 8888
               echo 'maxclients 100' | \(name) -
               \(name) /etc/rds/rds.conf --loglevel verbose
               \(name) /etc/rds/sentinel.conf --sentinel

        """
    }

    private static func tell(_ text: String) -> Int32 {
        StandardStream.output.write(text)
        return 0
    }

    private static func complain(_ text: String) -> Int32 {
        StandardStream.error.write(text)
        return 1
    }
}
