import Bytes
import CommandCatalog
import Determinism
import Protocol

/// The commands that server and sentinel serve alike: connection, publish and subscribe, MONITOR.
///
/// One line an arm. The caller has admitted the command (arity included) and has put it between
/// `beginCommand` and `endCommand`; what only it can do comes back as an `Effect`.
public enum SessionCommands {
    /// What the caller has to do after the command.
    public enum Effect: Equatable, Sendable {
        /// Nothing.
        case nothing
        /// End the waiting of a blocked session.
        case unblock(ClientCommands.Unblocking)
        /// End the watch of these keys: the session was reset.
        case unwatch([WatchedKey])
        /// Look at `sessions.pause` again.
        case pauseChanged
        /// Look at `sessions.monitors` again.
        case monitorsChanged
    }

    /// Executes the command; nil if it is none of these.
    public static func dispatch(
        _ command: CommandID, _ request: borrowing Request, _ id: SessionID,
        _ sessions: inout SessionTable, access: borrowing AccessControl, at now: Instant
    ) -> Effect? {
        switch command {
        case .ping: ConnectionCommands.ping(request, &sessions[id])
        case .echo: ConnectionCommands.echo(request, &sessions[id].reply)
        case .select:
            let count = sessions.databaseCount
            ConnectionCommands.select(request, &sessions[id], databaseCount: count)
        case .auth: ConnectionCommands.auth(request, &sessions[id], access: access)
        case .hello:
            let identity = sessions.identity
            ConnectionCommands.hello(request, &sessions[id], access: access, identity: identity)
        case .quit: ConnectionCommands.quit(&sessions[id])
        case .reset: return .unwatch(ConnectionCommands.reset(id, &sessions, access: access))
        case .monitor:
            ConnectionCommands.monitor(id, &sessions)
            return .monitorsChanged
        default:
            return dispatchPubSub(command, request, id, &sessions)
                ?? dispatchClient(command, request, id, &sessions, access: access, at: now)
        }
        return .nothing
    }

    private static func dispatchPubSub(
        _ command: CommandID, _ request: borrowing Request, _ id: SessionID,
        _ sessions: inout SessionTable
    ) -> Effect? {
        switch command {
        case .subscribe: PubSubCommands.subscribe(request, id, &sessions)
        case .unsubscribe: PubSubCommands.unsubscribe(request, id, &sessions)
        case .psubscribe: PubSubCommands.psubscribe(request, id, &sessions)
        case .punsubscribe: PubSubCommands.punsubscribe(request, id, &sessions)
        case .ssubscribe: PubSubCommands.ssubscribe(request, id, &sessions)
        case .sunsubscribe: PubSubCommands.sunsubscribe(request, id, &sessions)
        case .publish: PubSubCommands.publish(request, id, &sessions)
        case .spublish: PubSubCommands.spublish(request, id, &sessions)
        case .pubsubChannels: PubSubCommands.channels(request, id, &sessions, sharded: false)
        case .pubsubShardchannels: PubSubCommands.channels(request, id, &sessions, sharded: true)
        case .pubsubNumsub:
            PubSubCommands.subscriberCounts(request, id, &sessions, sharded: false)
        case .pubsubShardnumsub:
            PubSubCommands.subscriberCounts(request, id, &sessions, sharded: true)
        case .pubsubNumpat: PubSubCommands.patternCount(id, &sessions)
        case .pubsubHelp: PubSubCommands.help(&sessions[id].reply)
        default: return nil
        }
        return .nothing
    }

    private static func dispatchClient(
        _ command: CommandID, _ request: borrowing Request, _ id: SessionID,
        _ sessions: inout SessionTable, access: borrowing AccessControl, at now: Instant
    ) -> Effect? {
        switch command {
        case .clientCaching: ClientCommands.caching(&sessions[id].reply)
        case .clientCapa: ClientCommands.capa(request, &sessions[id])
        case .clientGetname: ClientCommands.getName(&sessions[id])
        case .clientGetredir: ClientCommands.getRedirection(&sessions[id].reply)
        case .clientHelp: ClientCommands.help(&sessions[id].reply)
        case .clientId: ClientCommands.id(&sessions[id])
        case .clientInfo: ClientCommands.info(id, &sessions, at: now)
        case .clientKill: ClientCommands.kill(request, id, &sessions, access: access, at: now)
        case .clientList: ClientCommands.list(request, id, &sessions, at: now)
        case .clientNoEvict: ClientCommands.noEvict(request, &sessions[id])
        case .clientNoTouch: ClientCommands.noTouch(request, &sessions[id])
        case .clientPause:
            ClientCommands.pause(request, id, &sessions, at: now)
            return .pauseChanged
        case .clientReply: ClientCommands.reply(request, &sessions[id])
        case .clientSetinfo: ClientCommands.setInfo(request, &sessions[id])
        case .clientSetname: ClientCommands.setName(request, &sessions[id])
        case .clientTracking: ClientCommands.tracking(request, &sessions[id].reply)
        case .clientTrackinginfo: ClientCommands.trackingInfo(&sessions[id].reply)
        case .clientUnblock:
            return ClientCommands.unblock(request, id, &sessions).map { .unblock($0) } ?? .nothing
        case .clientUnpause:
            ClientCommands.unpause(id, &sessions)
            return .pauseChanged
        default: return nil
        }
        return .nothing
    }
}
