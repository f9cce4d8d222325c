import Bytes
import CommandCatalog
import Determinism
import Protocol
import Sessions
import TestSupport

/// Serves the commands of this target to named connections, as a server's dispatch would; a class,
/// so that the closures of a test share it.
final class Desk {
    var sessions: SessionTable
    var access: AccessControl
    var now = Moment(
        instant: Instant(nanoseconds: 1_000_000_000),
        unix: UnixTime(milliseconds: 1_700_000_000_000))
    let catalog: CommandTable
    var names: [String: SessionID] = [:]
    var ports = 40_000
    var unblocking: ClientCommands.Unblocking?
    var unwatched: [WatchedKey] = []

    init(password: String = "") {
        catalog = CommandTable(for: .server)
        sessions = SessionTable(catalog: catalog)
        access = AccessControl(password: ByteString(password))
    }

    @discardableResult
    func connect(_ name: String) -> SessionID {
        ports += 1
        let id = sessions.open(
            address: ByteString("127.0.0.1:\(ports)"), localAddress: "127.0.0.1:6379",
            fileDescriptor: 8, isAuthenticated: !access.defaultUserNeedsPassword,
            at: now.instant)
        names[name] = id
        return id
    }

    func id(_ name: String) -> SessionID {
        guard let id = names[name] else { preconditionFailure("\(name) is connected") }
        return id
    }

    /// Executes one request; replies stay in the outputs.
    func execute(_ name: String, _ text: String) {
        if names[name] == nil { connect(name) }
        let id = id(name)
        unblocking = nil
        guard let words = QuotedWords.split(Array(text.utf8).span) else {
            preconditionFailure("quotes are balanced")
        }
        OwnedRequest(words).withRequest(at: now.unix) { request in
            sessions.beginCommand(id)
            dispatch(request, id)
            sessions.endCommand(id)
        }
    }

    /// Executes one request; what every connection received, as a transcript shows it.
    func send(_ name: String, _ text: String) -> [String] {
        execute(name, text)
        return collect(first: name)
    }

    /// Executes one request; what its connection received.
    func reply(_ name: String, _ text: String) -> String {
        execute(name, text)
        return received(name)
    }

    /// What a connection received since the last look.
    func received(_ name: String) -> String {
        let id = id(name)
        let text = Transcript.shown(ByteString(sessions[id].reply.output.unsent).bytes)
        sessions[id].reply.output.removeAll()
        return text
    }

    func collect(first: String) -> [String] {
        var lines: [String] = []
        let closing = sessions.takeClosing()
        for name in [first] + names.keys.filter({ $0 != first }).sorted() {
            let id = id(name)
            let text = received(name)
            if !text.isEmpty {
                lines.append(
                    "\(name)< "
                        + text.replacing(
                            "$2|id|:\(sessions[id].clientID)|", with: "$2|id|:{\(name)}|"))
            }
            if closing.contains(id) || sessions[id].flags.contains(.closeAfterReply) {
                lines.append("\(name)! closed")
                sessions.close(id)
                names[name] = nil
            }
        }
        return lines
    }

    private func dispatch(_ request: borrowing Request, _ id: SessionID) {
        guard var command = catalog.find(request[0]) else {
            return sessions[id].reply.error("ERR unknown command")
        }
        if catalog.traits(command).isContainer, request.count > 1 {
            guard let subcommand = catalog.findSubcommand(of: command, request[1]) else {
                return sessions[id].reply.error("ERR unknown subcommand")
            }
            command = subcommand
        }
        sessions[id].lastCommand = command
        guard catalog.traits(command).accepts(argumentCount: request.count) else {
            return sessions[id].reply.error(
                text: """
                    ERR wrong number of arguments for '\(catalog.fullName(command))' command
                    """)
        }
        run(command, request, id)
    }

    private func run(_ command: CommandID, _ request: borrowing Request, _ id: SessionID) {
        let effect = SessionCommands.dispatch(
            command, request, id, &sessions, access: access, at: now.instant)
        switch effect {
        case .unblock(let target): unblocking = target
        case .unwatch(let keys): unwatched = keys
        case nil: sessions[id].reply.error("ERR not served here")
        case .nothing, .pauseChanged, .monitorsChanged: break
        }
    }
}
