import Bytes
import CommandCatalog
import Protocol
import Sessions

/// Commands that server and sentinel serve alike, and what only the server can do after them.
extension Server {
    /// Connection, publish and subscribe, MONITOR; false if the command is none of these.
    mutating func dispatchSession(
        _ command: CommandID, _ request: borrowing Request, _ id: SessionID
    ) -> Bool {
        let effect = SessionCommands.dispatch(
            command, request, id, &sessions, access: access, at: now.instant)
        switch effect {
        case nil: return false
        case .nothing: break
        case .unblock(let target): endWaiting(target)
        case .unwatch(let keys):
            unwatch(keys, of: id)
            refreshConditions()
        case .pauseChanged:
            if sessions.pause.isActive { releasePaused() }
            pauseChanged()
        case .monitorsChanged: refreshConditions()
        }
        if command == .publish { hearPublication(request, id) }
        if command == .publish || command == .spublish { propagateMessage(request, id) }
        return true
    }

    /// Subscribers of replicas hear what is published here; no key changes with it.
    private mutating func propagateMessage(_ request: borrowing Request, _ id: SessionID) {
        // What came from our master goes on as it came.
        if sessions[id].flags.contains(.masterLink) || !roles.stream.isActive { return }
        // Until a replica has taken over, or has not, the stream stands still.
        if roles.isHandingOver { return }
        roles.stream.append(message: request, database: sessions[id].database)
    }
}
