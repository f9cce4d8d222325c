import Bytes
import CommandCatalog
import Protocol
import Sessions

/// What holds for the whole server and makes a command more than its arm in the dispatch.
struct ServerConditions: OptionSet {
    let rawValue: UInt16

    /// The data set is being read from disk.
    static let loading = ServerConditions(rawValue: 1 << 0)
    /// Follows a master.
    static let isReplica = ServerConditions(rawValue: 1 << 1)
    /// A replica that takes no writes from its clients.
    static let isReadOnly = ServerConditions(rawValue: 1 << 2)
    /// A replica without its master that serves no stale data.
    static let isStale = ServerConditions(rawValue: 1 << 3)
    /// The last snapshot failed and writes wait until one succeeds.
    static let cannotPersist = ServerConditions(rawValue: 1 << 4)
    /// Writes need a number of good replicas.
    static let needsReplicas = ServerConditions(rawValue: 1 << 5)
    /// Some commands are put off.
    static let isPaused = ServerConditions(rawValue: 1 << 6)
    /// A master that may have been replaced.
    static let isFenced = ServerConditions(rawValue: 1 << 9)
    /// Somebody watches what is executed.
    static let hasMonitors = ServerConditions(rawValue: 1 << 7)
    /// Another server may be the master, and nobody says which.
    static let isSuperseded = ServerConditions(rawValue: 1 << 12)
    /// A master's stream is received into a second data set while the first is served.
    static let receivesDataSet = ServerConditions(rawValue: 1 << 8)
}

extension SessionFlags {
    /// None of these sessions executes anything before something else has happened.
    static var halted: SessionFlags {
        [.blocked, .paused, .closeNow, .closeAfterReply, .readingPaused]
    }
    /// With any of these a command takes the long way through admission.
    static var special: SessionFlags {
        [.multi, .monitor, .replica, .masterLink, .subscribed]
    }
}

/// Admission: whether a command may run now, in the order in which Redis 7.2 asks.
///
/// ```
///   known? ─ arity? ─ protected? ─ authenticated? ─ allowed in MULTI? ─ disk? ─ good replicas?
///     ─ read-only replica? ─ subscribed? ─ stale? ─ loading? ─ attached replica? ─ paused? ─ MULTI?
///     ─ execute
/// ```
/// A refusal inside MULTI dooms the transaction. ACL rules and the memory limit have their places
/// after the authentication and before the disk.
extension Server {
    /// Executes the request, refuses it, or queues it; false when it must wait in its session's
    /// input because commands are paused.
    @inline(__always)
    mutating func admit(
        _ request: borrowing Request, _ command: CommandID?, _ id: SessionID
    ) -> Bool {
        sessions.beginCommand(id)
        let flags = sessions[id].flags
        if let command, conditions.isEmpty, !flags.intersects(.special),
            flags.contains(.authenticated)
        {
            let traits = catalog.traits(command)
            if traits.accepts(argumentCount: request.count), !traits.isContainer,
                !traits.flags.contains(.protected)
            {
                sessions[id].lastCommand = command
                call(request, command, traits, id)
                sessions.endCommand(id)
                return true
            }
        }
        let wasExecuted =
            flags.contains(.masterLink) ? obey(request, id) : admitSlowly(request, id)
        sessions.endCommand(id)
        return wasExecuted
    }

    @inline(never)
    mutating func admitSlowly(_ request: borrowing Request, _ id: SessionID) -> Bool {
        guard let (command, traits) = resolve(request, id) else { return true }
        sessions[id].lastCommand = command
        if let refusal = refusal(of: command, traits, request, id) {
            refuse(refusal, id, command)
            return true
        }
        let mayWrite =
            traits.flags.contains(.write)
            || (traits.flags.contains(.mayReplicate) && !isHelloWhileHandingOver(command, request))
            || (command == .exec && transactionWrites(id))
        if conditions.contains(.isPaused), !sessions[id].flags.intersects([.replica, .masterLink]),
            sessions.pause.postpones(mayWrite: mayWrite, at: now.instant)
        {
            sessions[id].flags.insert(.paused)
            sessions.pause.postpone(id)
            return false
        }
        if sessions[id].flags.contains(.multi), !command.isExecutedInsideMulti {
            sessions[id].transaction.enqueue(request)
            sessions[id].reply.simple("QUEUED")
            return true
        }
        call(request, command, traits, id)
        return true
    }

    /// Sentinels meet while the role is being handed over: what they say goes to nobody's stream.
    private func isHelloWhileHandingOver(
        _ command: CommandID, _ request: borrowing Request
    ) -> Bool {
        command == .publish && roles.isHandingOver && request[1].equals("__sentinel__:hello")
    }

    /// The command or subcommand that the request names; nil after an error was replied.
    mutating func resolve(
        _ request: borrowing Request, _ id: SessionID
    ) -> (CommandID, CommandTraits)? {
        guard let container = catalog.find(request[0]) ?? renamedCommand(request[0]) else {
            refuse(.unknownCommand(request), id, nil)
            return nil
        }
        var command = container
        var traits = catalog.traits(container)
        if traits.isContainer && request.count > 1 {
            guard let subcommand = catalog.findSubcommand(of: container, request[1]) else {
                refuse(.unknownSubcommand(request), id, container)
                return nil
            }
            command = subcommand
            traits = catalog.traits(subcommand)
        }
        guard traits.accepts(argumentCount: request.count) else {
            refuse(.wrongArity(catalog.fullName(command)), id, command)
            return nil
        }
        return (command, traits)
    }

    /// Why the command may not run now; nil when it may.
    private mutating func refusal(
        of command: CommandID, _ traits: CommandTraits, _ request: borrowing Request,
        _ id: SessionID
    ) -> Refusal? {
        let session = sessions[id].flags
        let isExec = command == .exec && session.contains(.multi)
        let isWrite =
            traits.flags.contains(.write) || (isExec && anyQueued(id) { $0.contains(.write) })
        let obeys = session.contains(.masterLink)
        if traits.flags.contains(.protected), !isProtectedCommandAllowed(command, id) {
            return .protectedCommand(catalog.container(of: command) ?? command)
        }
        if !session.contains(.authenticated), !traits.flags.contains(.noAuth) {
            return .notAuthenticated
        }
        if session.contains(.multi), traits.flags.contains(.noMulti) { return .notInsideMulti }
        if conditions.contains(.isFenced), isWrite { return .readOnlyReplica }
        if conditions.contains(.cannotPersist), !obeys, isWrite || command == .ping {
            return .cannotPersist
        }
        if conditions.contains(.isSuperseded), !obeys, isWrite || command == .ping {
            return .superseded
        }
        if conditions.contains(.needsReplicas), !obeys, isWrite, !hasEnoughGoodReplicas {
            return .notEnoughReplicas
        }
        if conditions.contains(.isReadOnly), !obeys, isWrite { return .readOnlyReplica }
        if sessions[id].isRestrictedToSubscriptions, !command.isAllowedWhenSubscribed {
            return .onlySubscriptions(catalog.fullName(command))
        }
        if conditions.contains(.isStale), !obeys,
            !traits.flags.contains(.stale) || (isExec && anyQueued(id) { !$0.contains(.stale) })
        {
            return .staleData
        }
        if conditions.contains(.loading),
            !traits.flags.contains(.loading) || (isExec && anyQueued(id) { !$0.contains(.loading) })
        {
            return .loading
        }
        if conditions.contains(.receivesDataSet), !obeys, traits.flags.contains(.noAsyncLoading) {
            return .loading
        }
        if session.contains(.replica),
            isWrite || traits.flags.contains(.readonly) || traits.flags.contains(.mayReplicate)
        {
            return .replicaOutsideKeyspace
        }
        return nil
    }

    /// Replies with the refusal's text and dooms the transaction that the session may be in.
    mutating func refuse(_ refusal: Refusal, _ id: SessionID, _ command: CommandID?) {
        if let command { statistics.commands.withCounters(command.rawValue) { $0.rejected &+= 1 } }
        // A refused EXEC ends the transaction, if there is one, and says so in any case.
        if command == .exec {
            statistics.countError(Array("EXECABORT".utf8).span)
            return abortTransaction(id, refusal)
        }
        if sessions[id].flags.contains(.multi) { sessions[id].flags.insert(.dirtyExec) }
        statistics.countError(refusal.text.span)
        sessions[id].reply.error(bytes: refusal.text)
    }
}

extension CommandID {
    /// Executed at once although the session is between MULTI and EXEC.
    var isExecutedInsideMulti: Bool {
        switch self {
        case .exec, .discard, .multi, .watch, .quit, .reset: true
        default: false
        }
    }

    /// Allowed to a RESP2 session with subscriptions.
    var isAllowedWhenSubscribed: Bool {
        switch self {
        case .ping, .subscribe, .ssubscribe, .psubscribe, .unsubscribe, .sunsubscribe,
            .punsubscribe, .quit, .reset:
            true
        default: false
        }
    }
}
