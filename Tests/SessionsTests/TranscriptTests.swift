import Sessions
import TestSupport
import Testing

@Suite struct `Replies of sessions` {
    @Test(arguments: ["pubsub-resp2", "pubsub-resp3", "connection", "auth", "client", "kill"])
    func `are those that redis-server 7.2.4 gave`(_ name: String) throws {
        let transcript = try Transcript("Sessions/" + name)
        let arguments = transcript.arguments
        let password = arguments.firstIndex(of: "--requirepass").map { arguments[$0 + 1] }
        let desk = Desk(password: password ?? "")
        let replayed = transcript.replay(
            fill: { connection, what in
                let id = desk.id(connection)
                return what == "addr"
                    ? desk.sessions[id].address.text : String(desk.sessions[id].clientID)
            },
            send: { connection, text in desk.send(connection, text) })
        let difference = transcript.firstDifference(from: replayed)
        #expect(difference == nil, "\(difference ?? "")")
    }
}
