// The state file, written anew from what is known: the lines of the operator's file where they stand,
// comments and order kept, and what is new at the end. redis-sentinel 7 loads it, and we load its.

import Bytes
import Configuration

extension Sentinel {
    /// The whole text of the state file as of now.
    func stateText() -> [UInt8] {
        var rewrite = ConfigurationRewrite(settings.text) { words in
            guard words[0] == "sentinel", words.count > 1 else { return words[0].text }
            // Lines of the old spelling are replaced by ones of the new.
            let name = words[1].lowercased.text
            return "sentinel " + (name == "known-slave" ? "known-replica" : name)
        }
        func write(_ option: String, _ value: ByteString) {
            rewrite.write(
                ByteString(Array("sentinel \(option) ".utf8) + value.bytes),
                option: "sentinel \(option)", isForced: true)
        }
        write("myid", identity)
        if !settings.deniesScriptReconfiguration { write("deny-scripts-reconfig", "no") }
        for master in masters { writeMaster(master, write) }
        write("current-epoch", ByteString("\(currentEpoch)"))
        if let host = settings.announcedHost { write("announce-ip", quotedIfNeeded(host)) }
        if settings.announcedPort != 0 {
            write("announce-port", ByteString("\(settings.announcedPort)"))
        }
        if let user = settings.sentinelUser { write("sentinel-user", quotedIfNeeded(user)) }
        if let password = settings.sentinelPassword {
            write("sentinel-pass", quotedIfNeeded(password))
        }
        for option in Sentinel.writtenOptions { rewrite.markProcessed("sentinel \(option)") }
        return rewrite.finish()
    }

    /// Options whose lines go when nothing is to be said any more.
    private static let writtenOptions = [
        "monitor", "down-after-milliseconds", "failover-timeout", "parallel-syncs", "auth-pass",
        "auth-user", "config-epoch", "leader-epoch", "known-replica", "known-sentinel",
        "rename-command", "master-reboot-down-after-period", "announce-ip", "announce-port",
        "sentinel-user", "sentinel-pass", "deny-scripts-reconfig",
    ]

    private func writeMaster(_ master: Master, _ write: (String, ByteString) -> Void) {
        let known = master.settings
        let name = quotedIfNeeded(known.name)
        let address = master.currentAddress
        func say(_ option: String, _ values: [ByteString]) {
            var line = name.bytes
            for value in values { line += [0x20] + value.bytes }
            write(option, ByteString(line))
        }
        func number(_ value: some BinaryInteger) -> ByteString { ByteString("\(value)") }
        say("monitor", [address.host, number(address.port), number(known.quorum)])
        if known.downAfter != settings.timing.defaultDownAfter {
            say("down-after-milliseconds", [number(known.downAfter.wholeMilliseconds)])
        }
        if known.failoverTimeout != settings.timing.defaultFailoverTimeout {
            say("failover-timeout", [number(known.failoverTimeout.wholeMilliseconds)])
        }
        if known.parallelSyncs != 1 { say("parallel-syncs", [number(known.parallelSyncs)]) }
        if let password = known.authPassword { say("auth-pass", [quotedIfNeeded(password)]) }
        if let user = known.authUser { say("auth-user", [quotedIfNeeded(user)]) }
        if known.rebootDownAfter != .zero {
            say(
                "master-reboot-down-after-period",
                [number(known.rebootDownAfter.wholeMilliseconds)])
        }
        say("config-epoch", [number(master.configEpoch)])
        say("leader-epoch", [number(master.leaderEpoch)])
        for replica in master.replicas {
            // In the middle of a failover the old master takes the promoted one's place.
            let place = replica.node.address == address ? master.node.address : replica.node.address
            say("known-replica", [place.host, number(place.port)])
        }
        for peer in master.peers {
            guard let sentinel = sentinelIndex(peer.runID) else { continue }
            let place = sentinels[sentinel].address
            say("known-sentinel", [place.host, number(place.port), peer.runID])
        }
        for renamed in known.renamedCommands {
            say(
                "rename-command",
                [quotedIfNeeded(renamed.name), quotedIfNeeded(renamed.replacement)])
        }
    }

    /// A word as it can stand in the file: in quotes when it is not plain.
    private func quotedIfNeeded(_ word: ByteString) -> ByteString {
        let isPlain =
            !word.isEmpty
            && word.bytes.allSatisfy {
                $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x27 && $0 != 0x5c
            } && word.bytes.first != 0x23
        return isPlain ? word : QuotedWords.quote(word.bytes.span)
    }
}
