import Server
import Sessions
import TestSupport
import Testing

@Suite struct `Replies of a server` {
    @Test(arguments: [
        "pubsub-resp2", "pubsub-resp3", "connection", "auth", "client", "kill", "transactions",
        "admission",
    ])
    func `are those that redis-server 7.2.4 gave to clients`(_ name: String) throws {
        let transcript = try Transcript("Sessions/" + name)
        let arguments = transcript.arguments
        func option(_ name: String) -> String? {
            arguments.firstIndex(of: "--" + name).map { arguments[$0 + 1] }
        }
        let desk = ServerDesk { settings in
            if let password = option("requirepass") { settings.requirePass = .init(password) }
            if option("enable-debug-command") == "no" { settings.enableDebugCommand = .no }
        }
        let replayed = transcript.replay(
            fill: { connection, what in
                let id = desk.id(connection)
                return what == "addr"
                    ? desk.server.sessions[id].address.text
                    : String(desk.server.sessions[id].clientID)
            },
            send: { connection, text in desk.send(connection, text) })
        let difference = transcript.firstDifference(from: replayed)
        #expect(difference == nil, "\(difference ?? "")")
    }
}
