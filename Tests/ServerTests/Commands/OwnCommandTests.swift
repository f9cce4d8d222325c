import Server
import Testing

@Suite struct `RDS` {
    @Test func `CAPABILITIES is an array of words`() {
        var running = RunningServer()
        let reply = running.ask("RDS", "CAPABILITIES")
        #expect(reply.hasPrefix("*"))
    }

    @Test func `LINK of a master tells that it is one`() {
        var running = RunningServer()
        #expect(running.ask("RDS", "LINK") == "*2\r\n$4\r\nrole\r\n$6\r\nmaster\r\n")
    }

    @Test func `LINK of a replica tells for how long nothing came from its master`() {
        let cluster = Cluster()
        let master = cluster.add()
        let replica = cluster.add()
        cluster.command("REPLICAOF 127.0.0.1 7000", on: replica)
        cluster.pass(milliseconds: 3000)
        cluster.command("SET a 1", on: master)
        cluster.pass(milliseconds: 40)
        let reply = cluster.command("RDS LINK", on: replica)
        #expect(reply.contains("$5 state $9 connected"), "\(reply)")
        #expect(reply.contains("$11 master-host $9 127.0.0.1 $11 master-port :7000"), "\(reply)")
        let silence = reply.split(separator: " ").last.flatMap { Int($0.dropFirst()) }
        #expect(silence.map { (0...40).contains($0) } == true, "\(reply)")
    }

    @Test func `GOODBYE is said when the server stops, to those who asked`() {
        var running = RunningServer()
        #expect(running.ask("RDS", "GOODBYE") == "+OK\r\n")
        #expect(running.ask("RDS", "GOODBYE") == "+OK\r\n")
        running.send(["SHUTDOWN", "NOSAVE"])
        let runID = String(repeating: "a", count: 40)
        #expect(running.takeReply() == ">2\r\n$7\r\ngoodbye\r\n$40\r\n\(runID)\r\n")
        var silent = RunningServer()
        silent.send(["SHUTDOWN", "NOSAVE"])
        #expect(silent.takeReply() == "")
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
