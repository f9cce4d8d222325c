import Bytes
import CommandCatalog
import Determinism
import Protocol
import Sessions

/// Connections coming and going, and sessions that wait.
extension Server {
    /// A connection was accepted; nil with the reply to send before it is closed if it is refused.
    public mutating func accept(
        address: ByteString, localAddress: ByteString, fileDescriptor: Int32, isLocal: Bool,
        isUnixSocket: Bool, at now: Moment
    ) -> (session: SessionID?, refusal: StaticString) {
        if let refusal = sessions.refusal(isTrusted: isLocal || isUnixSocket, access: access) {
            statistics.rejectedConnections += 1
            return (nil, refusal.reply)
        }
        statistics.connectionsReceived += 1
        let id = sessions.open(
            address: address, localAddress: localAddress, fileDescriptor: fileDescriptor,
            isAuthenticated: !access.defaultUserNeedsPassword,
            flags: isUnixSocket ? .unixSocket : [], at: now.instant)
        return (id, "")
    }

    /// The socket of a session is closed: forgets the session and what is held under its name.
    public mutating func close(_ id: SessionID, at now: Moment) {
        guard sessions.contains(id) else { return }
        self.now = now
        discardTransaction(id)
        releaseRoles(of: id)
        roles.fence.forget(connection: id.bits)
        sessions.close(id)
        refreshConditions()
    }

    /// Answers a session that waited for something outside of its command, and lets it go on.
    mutating func reply(to id: SessionID, _ write: (inout ReplyWriter) -> Void) {
        guard sessions.contains(id) else { return }
        let position = sessions[id].reply.output.position
        write(&sessions[id].reply)
        sessions.settleLateReply(id, from: position)
        unblock(id)
    }

    /// Lets a session that waited execute what it has sent meanwhile.
    mutating func unblock(_ id: SessionID) {
        guard sessions.contains(id) else { return }
        sessions[id].flags.remove([.blocked, .paused])
        if !sessions[id].input.isEmpty { resumable.append(id) }
    }

    /// Sessions that may go on although nothing new came from them; to be added to the ready ones.
    public mutating func takeResumable() -> [SessionID] {
        let resumed = sessions.takeResumed()
        if resumable.isEmpty { return resumed }
        defer { resumable = [] }
        return resumed + resumable.filter { sessions.contains($0) }
    }

    /// An output failed whose success was replied already: the reply becomes an error.
    public mutating func fail(_ reply: ReplyPosition, text: String) {
        // A reply that nobody will see is not there any more: CLIENT REPLY OFF.
        guard sessions.contains(reply.session),
            reply.position + reply.count <= sessions[reply.session].reply.output.count
        else { return }
        var error = ReplyWriter()
        error.error(text: text)
        let range = reply.position..<(reply.position + reply.count)
        sessions[reply.session].reply.output.replace(range, with: error.output.unsent)
        statistics.countError(ByteString(text).bytes.span)
    }

    /// Tells the stream's sender what is wrong with it, and closes it behind that.
    mutating func rejectStream(_ id: SessionID, _ error: ProtocolError) {
        log(
            .verbose,
            "Protocol error (\(String(decoding: error.text, as: UTF8.self))) from client: "
                + sessions.describe(id, at: now.instant).text)
        if sessions[id].flags.contains(.masterLink) {
            log(
                .warning,
                "WARNING: Receiving inline protocol from master, master stream corruption? Closing "
                    + "the master connection and discarding the cached master.")
            masterStreamBroke()
            return sessions.closeNow(id)
        }
        sessions[id].reply.error(bytes: Array("ERR Protocol error: ".utf8) + error.text)
        statistics.countError(Array("ERR".utf8).span)
        sessions.markOutput(id)
        sessions.closeAfterReply(id)
    }

    /// Shows the command to those who sent MONITOR.
    mutating func feedMonitors(
        _ request: borrowing Request, _ command: CommandID, _ traits: CommandTraits,
        _ id: SessionID, _ database: Int
    ) {
        if traits.flags.intersects([.skipMonitor, .admin]) || conditions.contains(.loading) {
            return
        }
        let source =
            sessions[id].flags.contains(.unixSocket)
            ? ByteString("unix:\(settings.unixSocket.text)") : sessions[id].address
        let line = MonitorLine.encode(
            request, command, database: database, source: source, at: now.unix)
        sessions.feedMonitors(line.bytes.span)
    }

    /// Counts the errors that a command replied with.
    mutating func noteErrors(of command: CommandID, from position: Int, _ id: SessionID) {
        let text = firstError(from: position, id)
        // Errors within EXEC's array were counted with their own commands.
        if text.isEmpty { return }
        statistics.commands.withCounters(command.rawValue) { $0.failed &+= 1 }
        statistics.countError(text.bytes.span)
    }

    /// The error that begins at `position` of a session's output, up to 128 bytes; empty if the
    /// reply that begins there is none (an error within EXEC's array).
    private func firstError(from position: Int, _ id: SessionID) -> ByteString {
        let output = sessions[id].reply.output.unsent
        guard position < output.count, output[position] == 0x2d else { return ByteString() }
        return ByteString(
            output.extracting((position + 1)..<min(output.count, position + 129)))
    }

    /// Whether DEBUG or MODULE is allowed to this session.
    func isProtectedCommandAllowed(_ command: CommandID, _ id: SessionID) -> Bool {
        let setting =
            catalog.container(of: command) == .module || command == .module
            ? settings.enableModuleCommand : settings.enableDebugCommand
        return setting.allows(isLocal: isLocal(id))
    }

    /// Whether the session comes from this host.
    func isLocal(_ id: SessionID) -> Bool {
        if sessions[id].flags.intersects([.unixSocket, .masterLink]) { return true }
        let address = sessions[id].address.bytes
        return address.starts(with: "127.".utf8) || address.starts(with: "[::1]".utf8)
            || address.starts(with: "[::ffff:127.".utf8)
    }
}

extension CommandFlags {
    /// Whether any bit is in both.
    func intersects(_ other: CommandFlags) -> Bool { rawValue & other.rawValue != 0 }
}
