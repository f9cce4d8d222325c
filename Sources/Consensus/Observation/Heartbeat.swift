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
        connectIfDue(place)
        guard self[link: place].canSend else { return }
        if case .master(let index) = place { resumeIfOwed(index) }
        informIfDue(place)
        pingIfDue(place, downAfter: downAfter(place))
        publishIfDue(place)
    }

    /// The same for another sentinel, in its part as an observer of one master.
    mutating func keepPeerAlive(_ master: Int, _ peer: Int) {
        guard let index = sentinelIndex(masters[master].peers[peer].runID) else { return }
        let place = Place.sentinel(index)
        if isKeeper(master, of: sentinels[index].runID) { keepLinkAlive(place) }
        guard self[link: place].canSend else { return }
        publishToPeerIfDue(master, peer, place)
        verifyAnnouncement(master, peer)
    }

    /// Connects to and pings another sentinel, as often as the most impatient master wants it.
    private mutating func keepLinkAlive(_ place: Place) {
        connectIfDue(place)
        guard self[link: place].canSend, case .sentinel(let index) = place else { return }
        let runID = sentinels[index].runID
        var downAfter = timing.defaultDownAfter
        var count = 0
        for master in masters.indices where masters[master].peerIndex(runID) != nil {
            downAfter = min(downAfter, masters[master].settings.downAfter)
            count += 1
        }
        sentinels[index].link.masterCount = max(count, 1)
        pingIfDue(place, downAfter: downAfter)
    }

    /// The silence that means that the node at `place`, of a master, is down.
    func downAfter(_ place: Place) -> Duration {
        switch place {
        case .master(let index), .replica(let index, _): masters[index].settings.downAfter
        case .sentinel: timing.defaultDownAfter
        }
    }

    // MARK: Connections

    private mutating func connectIfDue(_ place: Place) {
        let address = address(of: place)
        if address.port == 0 { return }
        let needsEvents: Bool
        if case .sentinel = place { needsEvents = false } else { needsEvents = true }
        let lacksCommands = self[link: place].commands == nil
        let lacksEvents = needsEvents && self[link: place].events == nil
        guard lacksCommands || lacksEvents else { return }
        let pause = self[link: place].reconnectPause(timing)
        if let last = self[link: place].lastAttempt, now - last < pause {
            wake(at: last + pause)
            return
        }
        self[link: place].lastAttempt = now
        self[link: place].attempts += 1
        if let name = address.hostName {
            lookUp(name, olderThan: timing.pingPeriod)
            if address.isUnresolved {
                wake(at: now + timing.pingPeriod)
                return
            }
        }
        if lacksCommands {
            let connection = open(address, for: owner(of: place))
            self[link: place].commands = connection
            self[link: place].awaited = []
            self[link: place].lastPing = now
            if self[link: place].activePing == nil { self[link: place].activePing = now }
        }
        if lacksEvents {
            let connection = open(address, for: owner(of: place))
            self[link: place].events = connection
        }
    }

    mutating func linkConnected(_ id: LinkID, localHost: ByteString) {
        guard let owner = owners[id], let place = place(of: owner) else { return }
        touch(place)
        if self[link: place].commands?.id == id {
            self[link: place].commands?.isEstablished = true
            self[link: place].localHost = localHost
            greet(place, id, suffix: "cmd")
            if case .sentinel(let index) = place { askAgain(sentinels[index].runID) }
            askForCapabilities(place)
            ping(place)
        } else if self[link: place].events?.id == id {
            self[link: place].events?.isEstablished = true
            self[link: place].lastMessage = now
            self[link: place].greetingReplies = 0
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
        if case .sentinel(let index) = place {
            sentinels[index].capabilities = []
            send(place, ["SENTINEL", "CAPABILITIES"], awaiting: .capabilities)
            return
        }
        self[node: place].capabilities = []
        self[node: place].toldFence = nil
        self[node: place].priorityRunID = nil
        self[node: place].connectedAt = now
        if self[node: place].informedAt != nil { self[node: place].returnedAt = now }
        send(place, ["RDS", "CAPABILITIES"], awaiting: .capabilities)
    }

    mutating func receiveCapabilities(_ reply: ReplyValue, _ place: Place) {
        if case .sentinel(let index) = place {
            sentinels[index].capabilities = SentinelCapabilities(reply)
            return
        }
        self[node: place].capabilities = ServerCapabilities(reply)
        if self[node: place].capabilities.contains(.goodbye) {
            send(place, ["RDS", "GOODBYE"], awaiting: .nothing)
        }
        subscribeToHandover(place)
    }

    /// A server that can wait for a switchover says when it wants one.
    private mutating func subscribeToHandover(_ place: Place) {
        guard self[node: place].capabilities.contains(.switchover),
            let events = self[link: place].events, events.isEstablished
        else { return }
        outputs.append(.send(events.id, [name("SUBSCRIBE", place), Sentinel.handoverChannel]))
    }

    private mutating func say(_ place: Place, _ id: LinkID, _ command: [ByteString]) {
        outputs.append(.send(id, command))
        if self[link: place].commands?.id == id {
            self[link: place].awaited.append(.nothing)
        } else {
            self[link: place].greetingReplies += 1
        }
    }

    /// Sends a command and remembers what its reply will answer; false when it cannot be sent.
    @discardableResult
    mutating func send(
        _ place: Place, _ command: [ByteString], awaiting reply: AwaitedReply
    ) -> Bool {
        guard let connection = self[link: place].commands, connection.isEstablished else {
            return false
        }
        var command = command
        command[0] = name(command[0], place)
        outputs.append(.send(connection.id, command))
        self[link: place].awaited.append(reply)
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
        if let commands = self[link: place].commands, commands.id == id {
            self[link: place].noteLoss(of: commands, at: now, timing: timing)
            self[link: place].commands = nil
            self[link: place].awaited = []
            // Silence begins here, not when the next connection is tried.
            if self[link: place].activePing == nil { self[link: place].activePing = now }
        } else if let events = self[link: place].events, events.id == id {
            self[link: place].noteLoss(of: events, at: now, timing: timing)
            self[link: place].events = nil
        }
    }

    /// Gives up both connections.
    mutating func disconnect(_ place: Place) {
        disconnectCommands(place)
        disconnectEvents(place)
    }

    mutating func disconnectCommands(_ place: Place) {
        guard let connection = self[link: place].commands else { return }
        self[link: place].noteLoss(of: connection, at: now, timing: timing)
        close(connection)
        self[link: place].commands = nil
        self[link: place].awaited = []
    }

    mutating func disconnectEvents(_ place: Place) {
        guard let connection = self[link: place].events else { return }
        self[link: place].noteLoss(of: connection, at: now, timing: timing)
        close(connection)
        self[link: place].events = nil
    }

    private mutating func close(_ connection: Connection) {
        owners[connection.id] = nil
        outputs.append(.disconnect(connection.id))
    }

    // MARK: Pings

    private mutating func pingIfDue(_ place: Place, downAfter: Duration) {
        let period = pingPeriod(place, downAfter: downAfter)
        var due = onBeat(self[link: place].lastPong + period, every: period)
        // One that waits for its answer is repeated as Redis does, however short the period is.
        let isWaiting = self[link: place].activePing != nil
        let pause = (isWaiting ? min(downAfter, timing.pingPeriod) : period) / 2
        if let last = self[link: place].lastPing { due = max(due, last + pause) }
        if due <= now {
            ping(place)
            due = max(onBeat(self[link: place].lastPong + period, every: period), now + pause)
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
        self[link: place].lastPing = now
        guard self[link: place].activePing == nil else { return }
        self[link: place].activePing = now
        if case .sentinel(let index) = place { expectDoubts(index) }
    }

    /// Only some replies count as life; any of them shows that the connection works.
    mutating func receivePong(_ reply: ReplyValue, _ place: Place) {
        let text: ByteString
        switch reply {
        case .simpleString(let status): text = status
        case .error(let error): text = error
        default: return
        }
        self[link: place].lastPong = now
        let isPong = text.bytes.starts(with: "PONG".utf8)
        if isPong || text.bytes.starts(with: "LOADING".utf8)
            || text.bytes.starts(with: "MASTERDOWN".utf8)
        {
            self[link: place].lastAvailable = now
            self[link: place].activePing = nil
            self[link: place].refusalLoggedAt = nil
            self[link: place].accessError = nil
            self[link: place].evidence = nil
            if isPong { self[link: place].hasAnswered = true }
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
        self[link: place].lastAvailable = now
        self[link: place].activePing = nil
        self[link: place].accessError = ByteString(Array(error.bytes.prefix(NodeLink.errorLimit)))
        self[link: place].evidence = nil
        if let last = self[link: place].refusalLoggedAt, now - last < .seconds(60) { return }
        self[link: place].refusalLoggedAt = now
        log(
            .warning,
            "\(address(of: place).name) refuses this sentinel, which cannot watch it: \(error)")
    }

    /// A script that runs for ever is killed once, after the node counts as down.
    private mutating func killScript(_ place: Place) {
        if case .sentinel = place { return }
        guard self[node: place].isSubjectivelyDown, !self[node: place].scriptKillIsSent else {
            return
        }
        send(place, ["SCRIPT", "KILL"], awaiting: .nothing)
        self[node: place].scriptKillIsSent = true
    }

    // MARK: INFO

    private mutating func informIfDue(_ place: Place) {
        if self[link: place].awaited.contains(.information) { return }
        let period = informationPeriod(place)
        var due = self[node: place].informedAt.map { $0 + period } ?? now
        if let last = self[node: place].lastInformationRequest {
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
        if self[link: place].awaited.contains(.information) { return }
        guard self[link: place].canSend else { return }
        if send(place, ["INFO"], awaiting: .information) {
            self[node: place].lastInformationRequest = now
        }
    }

    private func informationPeriod(_ place: Place) -> Duration {
        if case .master(let index) = place {
            let node = masters[index].node
            // A group that was just made shows its replicas one after the other: as long as none is
            // known, none can be promoted.
            if masters[index].replicas.isEmpty, let connectedAt = node.connectedAt,
                now - connectedAt < timing.informationPeriod
            {
                return timing.urgentInformationPeriod
            }
            // Who comes back tells at once whether it has the history that it had.
            guard node.capabilities.contains(.fence), let connectedAt = node.connectedAt,
                let informedAt = node.informedAt, informedAt < connectedAt
            else { return timing.informationPeriod }
            return timing.failoverInformationPeriod
        }
        guard case .replica(let index, let number) = place else {
            return timing.informationPeriod
        }
        if let connectedAt = masters[index].node.connectedAt,
            now < connectedAt + Sentinel.comparisonTime,
            isComparing(masters[index].replicas[number], since: connectedAt)
        {
            return timing.failoverInformationPeriod
        }
        // Nothing is copied: this is looked at with every pass.
        if masters[index].failover.phase == .waitingForPromotion
            && masters[index].failover.promoted == masters[index].replicas[number].node.address
        {
            return timing.failoverInformationPeriod
        }
        if masters[index].replicas[number].isBeingReconfigured {
            return timing.failoverInformationPeriod
        }
        // A former master is soon told so, if the others agree (ConfigurationProof.swift).
        if masters[index].replicas[number].node.reportedRole == .master,
            now - masters[index].replicas[number].node.roleReportedAt < timing.publishPeriod
        {
            return timing.failoverInformationPeriod
        }
        // Nobody is promoted by what was said before the present connection: that may be a process ago.
        // Whoever is asked to lead must know it by then, or refuses.
        if let connectedAt = masters[index].replicas[number].node.connectedAt,
            let informedAt = masters[index].replicas[number].node.informedAt,
            informedAt < connectedAt
        {
            return timing.failoverInformationPeriod
        }
        // What became of the data of a master that comes back, its replicas know first.
        let hasReturned =
            masters[index].node.returnedAt.map { now - $0 < timing.informationPeriod } ?? false
        let isUrgent =
            hasReturned || masters[index].node.isSubjectivelyDown
            || masters[index].failover.isInProgress
            || masters[index].replicas[number].node.report.linkDownTime != nil
            || masters[index].replicas[number].node.reportedRole == .master
            || masters[index].replicas[number].node.followedMaster != masters[index].node.address
        return isUrgent ? timing.urgentInformationPeriod : timing.informationPeriod
    }
}
