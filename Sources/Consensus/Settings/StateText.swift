// The state file, written anew from what is known: the lines of the operator's file where they stand,
// comments and order kept, and what is new at the end. redis-sentinel 7 loads it, and we load its; what
// it has no lines for is in the file beside it (CompanionState.swift).

import Bytes
import Configuration

extension Sentinel {
    /// The whole text of the state file as of now.
    mutating func stateText() -> [UInt8] {
        var text = stateLines ?? StateText(settings.text)
        stateLines = text
        text.write("myid", [identity])
        text.write(
            "deny-scripts-reconfig", [settings.deniesScriptReconfiguration ? "yes" : "no"],
            isDefault: settings.deniesScriptReconfiguration)
        text.write(
            "resolve-hostnames", [settings.resolvesHostNames ? "yes" : "no"],
            isDefault: !settings.resolvesHostNames)
        text.write(
            "announce-hostnames", [settings.announcesHostNames ? "yes" : "no"],
            isDefault: !settings.announcesHostNames)
        for master in masters { write(master, to: &text) }
        text.write("current-epoch", [ByteString("\(currentEpoch)")])
        if let host = settings.announcedHost { text.write("announce-ip", [host]) }
        if settings.announcedPort != 0 {
            text.write("announce-port", [ByteString("\(settings.announcedPort)")])
        }
        if let user = settings.sentinelUser { text.write("sentinel-user", [user]) }
        if let password = settings.sentinelPassword, settings.isStored(password, of: nil) {
            text.write("sentinel-pass", [password])
        }
        return text.finish()
    }

    /// The text that the state begins with: the file as it was read, or its head.
    public var stateHead: [UInt8] { settings.text }

    /// What the file beside it holds as of now.
    func companionState() -> CompanionState {
        var state = CompanionState()
        state.identity = identity
        state.groups = remembered
        for master in masters {
            var group = CompanionState.Group()
            if master.leaderEpoch > 0 {
                group.grant = .init(
                    epoch: master.leaderEpoch, candidate: master.leader,
                    isReleased: master.voteHeldUntil == nil)
            }
            group.history = master.history
            group.minimumReplicas = master.minimumReplicas
            group.sentinels = master.peers.map(\.runID) + master.formerSentinels
            group.formerMasters = master.formerMasters
            group.timeline = master.timeline.past
            state.groups[master.settings.name] = group
        }
        return state
    }

    private func write(_ master: Master, to text: inout StateText) {
        let known = master.settings
        let address = master.currentAddress
        let defaults = settings.timing
        func say(_ option: String, _ values: [ByteString], isDefault: Bool = false) {
            text.write(option, master: known.name, values, isDefault: isDefault)
        }
        func number(_ value: some BinaryInteger) -> ByteString { ByteString("\(value)") }
        func number(_ value: Duration) -> ByteString { number(value.wholeMilliseconds) }
        say("monitor", [shown(address), number(address.port), number(known.quorum)])
        say(
            "down-after-milliseconds", [number(known.downAfter)],
            isDefault: known.downAfter == defaults.defaultDownAfter)
        say(
            "failover-timeout", [number(known.failoverTimeout)],
            isDefault: known.failoverTimeout == defaults.defaultFailoverTimeout)
        say(
            "parallel-syncs", [number(known.parallelSyncs)], isDefault: known.parallelSyncs == 1)
        if let script = known.notificationScript { say("notification-script", [script]) }
        if let script = known.clientReconfigurationScript {
            say("client-reconfig-script", [script])
        }
        if let file = known.authPasswordFile {
            say("auth-pass-file", [file])
        } else if let password = known.authPassword, settings.isStored(password, of: known.name) {
            say("auth-pass", [password])
        }
        if let user = known.authUser { say("auth-user", [user]) }
        say(
            "master-reboot-down-after-period", [number(known.rebootDownAfter)],
            isDefault: known.rebootDownAfter == .zero)
        say("config-epoch", [number(master.configEpoch)])
        say("leader-epoch", [number(master.leaderEpoch)])
        for replica in master.replicas {
            // In the middle of a failover the old master takes the promoted one's place.
            let place = replica.node.address == address ? master.node.address : replica.node.address
            say("known-replica", [shown(place), number(place.port)])
        }
        for peer in master.peers {
            let place = peer.node.address
            say("known-sentinel", [shown(place), number(place.port), peer.runID])
        }
        for renamed in known.renamedCommands {
            say("rename-command", [renamed.name, renamed.replacement])
        }
    }
}

/// The lines of the old text, and those that take their places.
struct StateText: Sendable {
    private var rewrite: ConfigurationRewrite

    init(_ text: [UInt8]) {
        var written: Set<String> = []
        // The last line's end begins no line of its own, or the file would grow with every restart.
        let lines = text.last == 0x0a ? Array(text.dropLast()) : text
        rewrite = ConfigurationRewrite(lines) { words in
            guard words[0] == "sentinel", words.count > 1 else { return words[0].text }
            // Lines of another spelling are replaced by ones of ours.
            let option = MasterDirective.spelling(of: words[1].lowercased.text)
            // A directive of a master takes the place of one of the same master.
            let key =
                MasterDirective(rawValue: option) != nil || option == "monitor"
                ? StateText.key(option, words.count > 2 ? words[2] : nil)
                : StateText.key(option, nil)
            written.insert(key)
            return key
        }
        // What is not written again was forgotten: a master removed, a replica gone.
        for key in written { rewrite.markProcessed(key) }
    }

    private static func key(_ option: String, _ master: ByteString?) -> String {
        master.map { "sentinel \(option) \($0)" } ?? "sentinel \(option)"
    }

    /// Writes a line; a default value only where a line for it stands already.
    mutating func write(
        _ option: String, master: ByteString? = nil, _ values: [ByteString],
        isDefault: Bool = false
    ) {
        var line = Array("sentinel \(option)".utf8)
        for value in (master.map { [$0] } ?? []) + values {
            line += [0x20] + QuotedWords.quotedIfNeeded(value).bytes
        }
        rewrite.write(
            ByteString(line), option: StateText.key(option, master), isForced: !isDefault)
    }

    consuming func finish() -> [UInt8] { rewrite.finish() }
}

extension QuotedWords {
    /// A word as it can stand in a file: in quotes when it is not plain.
    static func quotedIfNeeded(_ word: ByteString) -> ByteString {
        let isPlain =
            !word.isEmpty
            && word.bytes.allSatisfy {
                $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x27 && $0 != 0x5c
            } && word.bytes.first != 0x23
        return isPlain ? word : quote(word.bytes.span)
    }
}
