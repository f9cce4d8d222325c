import Bytes
import Configuration
import Consensus
import Testing

@Suite struct `A sentinel that only reads its configuration` {
    private let id = String(repeating: "e", count: 40)

    private func merge(
        _ configuration: String, _ state: String?, running: [UInt8]? = nil
    ) throws(ConfigurationError) -> SeparateState {
        try SeparateState(
            configuration: try ConfigurationLine.lines(
                of: Array(configuration.utf8), source: "sentinel.conf"),
            state: state.map { Array($0.utf8) }, path: "state", running: running)
    }

    private func settings(_ merged: SeparateState) throws -> SentinelSettings {
        var settings = SentinelSettings()
        try settings.obey(merged.lines)
        return settings
    }

    /// The state that a sentinel wrote that was started with `configuration`.
    private func state(_ configuration: String, _ learned: String) throws -> String {
        ByteString(try merge(configuration, nil).head).text + learned
    }

    private let mine = """
        port 26379
        sentinel monitor mine 10.0.0.1 6379 2
        sentinel down-after-milliseconds mine 5000
        sentinel auth-pass mine secret
        """
    private var learned: String {
        """
        sentinel myid \(id)
        sentinel monitor mine 10.0.0.2 6379 2
        sentinel down-after-milliseconds mine 7000
        sentinel config-epoch mine 4
        sentinel leader-epoch mine 5
        sentinel known-replica mine 10.0.0.1 6379
        sentinel known-sentinel mine 10.0.0.3 26379 \(String(repeating: "f", count: 40))
        sentinel current-epoch 5
        """
    }

    @Test func `starts with its configuration alone`() throws {
        let merged = try merge(mine, nil)
        let settings = try settings(merged)
        #expect(settings.masters[0].address == NodeAddress(host: "10.0.0.1", port: 6379))
        #expect(merged.conflicts.isEmpty)
        let head = ByteString(merged.head).text
        #expect(head.contains("\n# configured: monitor mine 10.0.0.1 6379 2\n"))
        #expect(!head.contains("secret"))
    }

    @Test func `goes on with its state`() throws {
        let merged = try merge(mine, try state(mine, learned))
        let settings = try settings(merged)
        #expect(settings.masters.count == 1)
        let master = settings.masters[0]
        #expect(master.address.host == "10.0.0.2")
        #expect(master.downAfter == .milliseconds(7000))
        #expect(master.authPassword == "secret")
        #expect(master.configEpoch == 4 && master.leaderEpoch == 5)
        #expect(master.knownReplicas.count == 1 && master.knownSentinels.count == 1)
        #expect(settings.identity?.text == id && settings.currentEpoch == 5)
        #expect(settings.port == 26379)
        #expect(merged.conflicts.isEmpty)
        // What a default has taken the place of is not there, and does not come back.
        let without = learned.replacing("sentinel down-after-milliseconds mine 7000\n", with: "")
        let other = try self.settings(try merge(mine, try state(mine, without)))
        #expect(other.masters[0].downAfter == .milliseconds(30000))
    }

    @Test func `obeys what was changed in its configuration since`() throws {
        let changed = mine.replacing("mine 5000", with: "mine 6000")
            .replacing("6379 2", with: "6379 3").replacing("secret", with: "new")
        let merged = try merge(changed, try state(mine, learned))
        let master = try settings(merged).masters[0]
        #expect(master.downAfter == .milliseconds(6000))
        // The quorum is the administrator's, the address the failover's.
        #expect(master.quorum == 3 && master.address.host == "10.0.0.2" && master.configEpoch == 4)
        #expect(master.authPassword == "new")
        #expect(
            merged.conflicts == [
                "sentinel auth-pass mine was changed in the configuration since: that counts",
                "sentinel down-after-milliseconds mine was changed in the configuration since: that "
                    + "counts",
            ])
    }

    @Test func `monitors another master anew, and keeps its vote`() throws {
        let changed = mine.replacing("10.0.0.1", with: "10.0.0.9")
        let merged = try merge(changed, try state(mine, learned))
        let settings = try settings(merged)
        let master = settings.masters[0]
        #expect(master.address.host == "10.0.0.9" && master.configEpoch == 0)
        #expect(master.knownReplicas.isEmpty && master.knownSentinels.isEmpty)
        #expect(master.leaderEpoch == 5 && settings.currentEpoch == 5)
        #expect(
            merged.conflicts == [
                "mine: the configuration names another master since: 10.0.0.9 6379"
            ])
    }

    @Test func `ends to monitor what was taken out, and what was removed`() throws {
        let state = try state(mine, learned)
        let taken = try merge("port 1\n", state)
        #expect(try settings(taken).masters.isEmpty)
        #expect(taken.conflicts.count == 1)
        // SENTINEL REMOVE at run time; then the administrator writes it again, differently.
        let removed = try self.state(mine, "sentinel myid \(id)\nsentinel current-epoch 5\n")
        #expect(try settings(try merge(mine, removed)).masters.isEmpty)
        let again = mine.replacing("10.0.0.1", with: "10.0.0.7")
        #expect(try settings(try merge(again, removed)).masters[0].address.host == "10.0.0.7")
    }

    @Test func `keeps what was begun at run time`() throws {
        let state = try state("port 1\n", learned)
        let merged = try merge("port 1\n", state)
        #expect(try settings(merged).masters[0].address.host == "10.0.0.2")
        // Written down later, with the same master: nothing is begun anew.
        let later = try settings(
            try merge("sentinel monitor mine 10.0.0.2 6379 1\n", state))
        #expect(later.masters[0].configEpoch == 4 && later.masters[0].quorum == 1)
    }

    @Test func `has a password in the configuration or in a file`() throws {
        let state = try state("port 1\n", learned + "\nsentinel auth-pass mine told\n")
        #expect(try settings(try merge("port 1\n", state)).masters[0].authPassword == "told")
        let merged = try merge("sentinel auth-pass-file mine name\n", state)
        let master = try settings(merged).masters[0]
        #expect(master.authPassword == nil && master.authPasswordFile == "name")
    }

    @Test func `leaves what a reload does not begin for the next start`() throws {
        let first = try merge(mine, nil)
        let file = try state(mine, learned)
        let without = "sentinel down-after-milliseconds mine 8000\n"
        let reloaded = try merge(without, file, running: first.head)
        let next = try merge(without, ByteString(reloaded.head).text + learned)
        #expect(try settings(next).masters.isEmpty)
    }

    @Test func `refuses a state that is broken`() {
        #expect(throws: ConfigurationError.self) { try merge("port 1\n", "sentinel \"myid\n") }
        #expect(throws: ConfigurationError.self) {
            try merge("port 1\n", "# configured: monitor \"mine\n")
        }
    }
}
