import Server
import Testing

@Suite struct `RDS` {
    @Test func `CAPABILITIES is an array of words`() {
        var running = RunningServer()
        let reply = running.ask("RDS", "CAPABILITIES")
        #expect(reply.hasPrefix("*"))
    }

    @Test func `an unknown subcommand gets Redis's error`() {
        var running = RunningServer()
        let reply = running.ask("RDS", "NONSENSE")
        #expect(reply == "-ERR unknown subcommand 'NONSENSE'. Try RDS HELP.\r\n")
    }

    @Test func `HELP names every subcommand`() {
        var running = RunningServer()
        let reply = running.ask("rds", "help")
        for container in running.server.catalog.commands where "\(container)" == "rds" {
            for subcommand in running.server.catalog.subcommands(of: container) {
                let name = running.server.catalog.fullName(subcommand).split(separator: "|")[1]
                #expect(reply.contains("+\(name.uppercased())"), "\(name)")
            }
        }
    }
}
