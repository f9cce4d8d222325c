// The first step of a failover: links are kept open, and every node is pinged, asked and told.
//
// Periods are those of Redis, but a step is done when its time has come, not at the next of ten
// ticks a second. INFO is asked for faster when a failover waits for what it will say.

import Bytes
import Configuration
import Determinism
import Protocol

extension Sentinel {
    /// The channel on which sentinels meet.
    static let helloChannel: ByteString = "__sentinel__:hello"

    /// Connects, pings, asks and tells a server.
    mutating func keepAlive(_ place: Place) {
        let node = self[node: place]
        connectIfDue(node.link, place)
        guard node.link.canSend else { return }
        if case .master(let index) = place { resumeIfOwed(index) }
        informIfDue(node, place)
        pingIfDue(node.link, place, downAfter: downAfter(place))
        publishIfDue(node, place)
    }

    /// The same for another sentinel, in its part as an observer of one master.
    mutating func keepPeerAlive(_ index: Int, _ peer: Peer) {
        if isKeeper(index, of: peer.node) { keepLinkAlive(peer.node) }
        guard peer.node.link.canSend else { return }
        publishToPeerIfDue(index, peer)
        verifyAnnouncement(index, peer)
    }

    /// Connects to and pings another sentinel, as often as the most impatient master wants it.
    private mutating func keepLinkAlive(_ sentinel: SentinelNode) {
        let place = Place.sentinel(sentinel)
        connectIfDue(sentinel.link, place)
        guard sentinel.link.canSend else { return }
        var downAfter = timing.defaultDownAfter
        var count = 0
        for master in masters.indices where masters[master].peer(sentinel) != nil {
            downAfter = min(downAfter, masters[master].settings.downAfter)
            count += 1
        }
        sentinel.link.masterCount = max(count, 1)
        pingIfDue(sentinel.link, place, downAfter: downAfter)
    }

    /// The silence that means that the node at `place`, of a master, is down.
    func downAfter(_ place: Place) -> Duration {
        switch place {
        case .master(let index), .replica(let index, _): masters[index].settings.downAfter
        case .sentinel: timing.defaultDownAfter
        }
    }

    // MARK: Connections

    private mutating func connectIfDue(_ link: NodeLink, _ place: Place) {
        let needsEvents: Bool
        if case .sentinel = place { needsEvents = false } else { needsEvents = true }
        let lacksCommands = link.commands == nil
        let lacksEvents = needsEvents && link.events == nil
        guard lacksCommands || lacksEvents else { return }
        let address = address(of: place)
        if address.port == 0 { return }
        let pause = link.reconnectPause(timing)
        if let last = link.lastAttempt, now - last < pause {
            wake(at: last + pause)
            return
        }
        link.lastAttempt = now
        link.attempts += 1
        if let name = address.hostName {
            lookUp(name, olderThan: timing.pingPeriod)
            if address.isUnresolved {
                wake(at: now + timing.pingPeriod)
                return
            }
        }
        if lacksCommands {
            let connection = open(address, for: owner(of: place))
            link.commands = connection
            link.awaited = []
            link.lastPing = now
            if link.activePing == nil { link.activePing = now }
        }
        if lacksEvents {
            let connection = open(address, for: owner(of: place))
            link.events = connection
        }
    }

    mutating func linkConnected(_ id: LinkID, localHost: ByteString) {
        guard let owner = owners[id], let place = place(of: owner) else { return }
        touch(place)
        let link = self[link: place]
        if link.commands?.id == id {
            link.commands?.isEstablished = true
            link.localHost = localHost
            greet(place, id, suffix: "cmd")
            if case .sentinel(let sentinel) = place { askAgain(sentinel) }
            askForCapabilities(place)
            ping(place)
        } else if link.events?.id == id {
            link.events?.isEstablished = true
            link.lastMessage = now
            link.greetingReplies = 0
            greet(place, id, suffix: "pubsub")
            outputs.append(.send(id, [name("SUBSCRIBE", place), Sentinel.helloChannel]))
            subscribeToHandover(place)
        }
    }

    /// AUTH where a password is set, and a name that operators find in CLIENT LIST.
    private mutating func greet(_ place: Place, _ id: LinkID, suffix: String) {
        var user: ByteString?
        var password: ByteString?
        switch place {
        case .master(let index), .replica(let index, _):
            user = masters[index].settings.authUser
            password = masters[index].settings.authPassword
        case .sentinel:
            if let own = settings.sentinelPassword {
                password = own
                user = settings.sentinelUser
            } else {
                password = settings.requiredPassword
            }
        }
        if let password {
            say(place, id, [name("AUTH", place)] + (user.map { [$0] } ?? []) + [password])
        }
        let label = ByteString("sentinel-\(identity.text.prefix(8))-\(suffix)")
        say(place, id, [name("CLIENT", place), "SETNAME", label])
    }

    /// Asks a node what it can do beyond Redis; until it has answered, it can nothing.
    private mutating func askForCapabilities(_ place: Place) {
        if case .sentinel(let sentinel) = place {
            sentinel.capabilities = []
            send(place, ["SENTINEL", "CAPABILITIES"], awaiting: .capabilities)
            return
        }
        let node = self[node: place]
        node.capabilities = []
        node.toldFence = nil
        node.priorityRunID = nil
        // What was read before is older, also by a clock that stands still.
        node.connectedAt = node.informedAt.map { max(now, $0 + .nanoseconds(1)) } ?? now
        if node.informedAt != nil { node.returnedAt = now }
        send(place, ["RDS", "CAPABILITIES"], awaiting: .capabilities)
    }

    mutating func receiveCapabilities(_ reply: ReplyValue, _ place: Place) {
        if case .sentinel(let sentinel) = place {
            sentinel.capabilities = SentinelCapabilities(reply)
            return
        }
        let node = self[node: place]
        node.capabilities = ServerCapabilities(reply)
        if node.capabilities.contains(.goodbye) {
            send(place, ["RDS", "GOODBYE"], awaiting: .nothing)
        }
        subscribeToHandover(place)
    }

    /// A server that can wait for a switchover says when it wants one.
    private mutating func subscribeToHandover(_ place: Place) {
        let node = self[node: place]
        guard node.capabilities.contains(.switchover),
            let events = node.link.events, events.isEstablished
        else { return }
        outputs.append(.send(events.id, [name("SUBSCRIBE", place), Sentinel.handoverChannel]))
    }

    private mutating func say(_ place: Place, _ id: LinkID, _ command: [ByteString]) {
        outputs.append(.send(id, command))
        let link = self[link: place]
        if link.commands?.id == id {
            link.awaited.append(.nothing)
        } else {
            link.greetingReplies += 1
        }
    }

    /// Sends a command and remembers what its reply will answer; false when it cannot be sent.
    @discardableResult
    mutating func send(
        _ place: Place, _ command: [ByteString], awaiting reply: AwaitedReply
    ) -> Bool {
        let link = self[link: place]
        guard let connection = link.commands, connection.isEstablished else {
            return false
        }
        var command = command
        command[0] = name(command[0], place)
        outputs.append(.send(connection.id, command))
        link.awaited.append(reply)
        return true
    }

    /// The name under which the servers of a master know a command.
    private func name(_ command: ByteString, _ place: Place) -> ByteString {
        switch place {
        case .sentinel: return command
        case .master(let index), .replica(let index, _):
            for renamed in masters[index].settings.renamedCommands
            where renamed.name.lowercased == command.lowercased {
                return renamed.replacement
            }
            return command
        }
    }

    mutating func linkFailed(_ id: LinkID, _ failure: LinkFailure) {
        if let owner = owners[id], let place = place(of: owner) {
            let reason: String
            switch failure {
            case .refused: reason = "Connection refused"
            case .timedOut: reason = "Connection timed out"
            case .malformed(let text):
                reason = text
                let name = address(of: place).name
                logSeldom(.warning, "\(name) sends what is no reply: \(text)", about: name)
            case .other(let text): reason = text
            }
            let isEvents = self[link: place].events?.id == id
            event(
                .debug, isEvents ? "-pubsub-link-reconnection" : "-cmd-link-reconnection", place,
                " #\(reason)")
            if failure == .refused { connectionRefused(place) }
        }
        linkLost(id)
    }

    mutating func linkLost(_ id: LinkID) {
        guard let owner = owners.removeValue(forKey: id), let place = place(of: owner) else {
            return
        }
        touch(place)
        let link = self[link: place]
        if let commands = link.commands, commands.id == id {
            link.noteLoss(of: commands, at: now, timing: timing)
            link.commands = nil
            link.awaited = []
            // Silence begins here, not when the next connection is tried.
            if link.activePing == nil { link.activePing = now }
        } else if let events = link.events, events.id == id {
            link.noteLoss(of: events, at: now, timing: timing)
            link.events = nil
        }
    }

    /// Gives up both connections.
    mutating func disconnect(_ place: Place) {
        disconnectCommands(place)
        disconnectEvents(place)
    }

    mutating func disconnectCommands(_ place: Place) {
        let link = self[link: place]
        guard let connection = link.commands else { return }
        link.noteLoss(of: connection, at: now, timing: timing)
        close(connection)
        link.commands = nil
        link.awaited = []
    }

    mutating func disconnectEvents(_ place: Place) {
        let link = self[link: place]
        guard let connection = link.events else { return }
        link.noteLoss(of: connection, at: now, timing: timing)
        close(connection)
        link.events = nil
    }

    private mutating func close(_ connection: Connection) {
        owners[connection.id] = nil
        outputs.append(.disconnect(connection.id))
    }

    // MARK: Pings

    private mutating func pingIfDue(_ link: NodeLink, _ place: Place, downAfter: Duration) {
        let period = pingPeriod(place, downAfter: downAfter)
        var due = onBeat(link.lastPong + period, every: period)
        // One that waits for its answer is repeated as Redis does, however short the period is.
        let isWaiting = link.activePing != nil
        let pause = (isWaiting ? min(downAfter, timing.pingPeriod) : period) / 2
        if let last = link.lastPing { due = max(due, last + pause) }
        if due <= now {
            ping(place)
            due = max(onBeat(link.lastPong + period, every: period), now + pause)
        }
        wake(at: due)
    }

    /// The last beat before `due`, of twenty in a period.
    ///
    /// What is sent to many nodes falls together, so that a sentinel of hundreds of masters wakes up
    /// and writes seldom; and it stays there, however long answers take.
    func onBeat(_ due: Instant, every period: Duration) -> Instant {
        let beat = period.wholeNanoseconds / 20
        guard beat > 0 else { return due }
        return Instant(nanoseconds: due.nanoseconds / beat * beat)
    }

    /// Silence begins with the first ping that is not answered: a master is pinged so often that
    /// the time until then adds little to down-after.
    private func pingPeriod(_ place: Place, downAfter: Duration) -> Duration {
        let longest = min(downAfter, timing.pingPeriod)
        guard case .master = place else { return longest }
        return min(longest, max(downAfter / timing.masterPingShare, timing.shortestPingPeriod))
    }

    mutating func ping(_ place: Place) {
        guard send(place, ["PING"], awaiting: .ping) else { return }
        let link = self[link: place]
        link.lastPing = now
        guard link.activePing == nil else { return }
        link.activePing = now
        if case .sentinel(let sentinel) = place { expectDoubts(sentinel) }
    }

    /// Only some replies count as life; any of them shows that the connection works.
    mutating func receivePong(_ reply: ReplyValue, _ place: Place) {
        let text: ByteString
        switch reply {
        case .simpleString(let status): text = status
        case .error(let error): text = error
        default: return
        }
        let link = self[link: place]
        link.lastPong = now
        let isPong = text.bytes.starts(with: "PONG".utf8)
        if isPong || text.bytes.starts(with: "LOADING".utf8)
            || text.bytes.starts(with: "MASTERDOWN".utf8)
        {
            link.lastAvailable = now
            link.activePing = nil
            link.refusalLoggedAt = nil
            link.accessError = nil
            link.evidence = nil
            if isPong { link.hasAnswered = true }
            if isPong, case .master(let index) = place { masters[index].rebootedAt = nil }
        } else if Sentinel.accessErrors.contains(where: { text.bytes.starts(with: $0.utf8) }) {
            refused(text, place)
        } else if text.bytes.starts(with: "BUSY".utf8) {
            killScript(place)
        }
    }

    /// Replies of a node that lives, and does not want us.
    private static let accessErrors = ["NOAUTH", "WRONGPASS", "NOPERM"]

    /// A wrong password is no dead master: nothing fails over because of it, and the log says so.
    private mutating func refused(_ error: ByteString, _ place: Place) {
        let link = self[link: place]
        link.lastAvailable = now
        link.activePing = nil
        link.accessError = ByteString(Array(error.bytes.prefix(NodeLink.errorLimit)))
        link.evidence = nil
        if let last = link.refusalLoggedAt, now - last < .seconds(60) { return }
        link.refusalLoggedAt = now
        log(
            .warning,
            "\(address(of: place).name) refuses this sentinel, which cannot watch it: \(error)")
    }

    /// A script that runs for ever is killed once, after the node counts as down.
    private mutating func killScript(_ place: Place) {
        if case .sentinel = place { return }
        let node = self[node: place]
        guard node.isSubjectivelyDown, !node.scriptKillIsSent else { return }
        send(place, ["SCRIPT", "KILL"], awaiting: .nothing)
        node.scriptKillIsSent = true
    }

    // MARK: INFO

    private mutating func informIfDue(_ node: DataNode, _ place: Place) {
        if node.link.awaited.contains(.information) { return }
        let period = informationPeriod(place)
        var due = node.informedAt.map { $0 + period } ?? now
        if let last = node.lastInformationRequest {
            due = max(due, last + min(period, timing.urgentInformationPeriod))
        }
        if due <= now {
            askForInformation(place)
        } else {
            wake(at: due)
        }
    }

    /// Sends INFO unless one is on its way.
    mutating func askForInformation(_ place: Place) {
        let node = self[node: place]
        if node.link.awaited.contains(.information) { return }
        guard node.link.canSend else { return }
        if send(place, ["INFO"], awaiting: .information) {
            node.lastInformationRequest = now
        }
    }

    @inline(__always) private func informationPeriod(_ place: Place) -> Duration {
        if case .master(let index) = place {
            let node = masters[index].node
            // A group that was just made shows its replicas one after the other: who is not known cannot be
            // promoted, nor is it noticed that another leader did.
            if node.returnedAt == nil, let connectedAt = node.connectedAt,
                now - connectedAt < timing.informationPeriod
            {
                return timing.urgentInformationPeriod
            }
            if node.report.isFenced { return timing.urgentInformationPeriod }
            // Who comes back tells at once whether it has the history that it had.
            guard node.capabilities.contains(.fence), let connectedAt = node.connectedAt,
                let informedAt = node.informedAt, informedAt < connectedAt
            else { return timing.informationPeriod }
            return timing.failoverInformationPeriod
        }
        guard case .replica(let index, let number) = place else {
            return timing.informationPeriod
        }
        let master = masters[index]
        let node = master.replicas[number].node
        if let since = comparedSince(index), since <= now,
            now < since + Sentinel.comparisonTime, isComparing(index, node, since: since)
        {
            return timing.failoverInformationPeriod
        }
        if master.failover.phase == .waitingForPromotion
            && master.failover.promoted == node.address
        {
            return timing.failoverInformationPeriod
        }
        if master.replicas[number].isBeingReconfigured {
            return timing.failoverInformationPeriod
        }
        // A former master is soon told so, if the others agree (ConfigurationProof.swift).
        if node.reportedRole == .master, now - node.roleReportedAt < timing.publishPeriod {
            return timing.failoverInformationPeriod
        }
        // Nobody is promoted by what was said before the present connection: that may be a process ago.
        // Whoever is asked to lead must know it by then, or refuses.
        if let connectedAt = node.connectedAt, let informedAt = node.informedAt,
            informedAt < connectedAt
        {
            return timing.failoverInformationPeriod
        }
        // What became of the data of a master that comes back, its replicas know first.
        let hasReturned =
            master.node.returnedAt.map { now - $0 < timing.informationPeriod } ?? false
        let isUrgent =
            hasReturned || master.node.isSubjectivelyDown
            || master.failover.isInProgress
            || node.report.linkDownTime != nil
            || node.reportedRole == .master
            || node.followedMaster != master.node.address
        return isUrgent ? timing.urgentInformationPeriod : timing.informationPeriod
    }
}
