// A model of a server: what sentinels can see of one, and just enough of replication to move data
// sets about. The real replication machines take its place later.

import Bytes
import Consensus
import Determinism

/// One server process and its disk.
struct SimulatedServer: Sendable {
    /// A link that carries nothing for so long is given up.
    static let linkTimeout = Duration.seconds(2)
    /// How INFO ends where the data set descends from the group's first master.
    static let dataMark: ByteString = "simulated_data:1\r\n"

    let address: NodeAddress
    let priority: Int

    // On disk.
    /// Whom the configuration file says that it follows.
    var configured: NodeAddress?
    /// Whether its data set descends from the group's first master.
    var hasData: Bool
    var history: String
    var previousHistory = ""
    var offset = 0
    /// Whether the disk was lost with the process.
    var losesData = false

    // In memory.
    var runID: String
    var follows: NodeAddress?
    var linkIsUp = false
    var linkSeen = Instant.zero
    var linkLostAt: Instant?
    var loadsUntil = Instant.zero
    /// Connections by what is known of them.
    var transactions: [Int: [[ByteString]]] = [:]
    var subscribers: [Int] = []

    init(
        address: NodeAddress, follows: NodeAddress?, priority: Int, history: String, runID: String
    ) {
        self.address = address
        self.priority = priority
        self.history = history
        self.runID = runID
        configured = follows
        self.follows = follows
        hasData = follows == nil
        offset = follows == nil ? 1 : 0
    }

    /// Whether it knows that history as its own, so that it can go on where a replica stopped.
    func shares(_ history: String) -> Bool { history == self.history || history == previousHistory }

    /// Begins a new life as its configuration says.
    mutating func restart(random: inout RandomSource) {
        runID = random.hexadecimal(count: 40)
        follows = configured
        linkIsUp = false
        linkLostAt = nil
        loadsUntil = .zero
        transactions = [:]
        subscribers = []
        if losesData {
            losesData = false
            hasData = false
            offset = 0
            previousHistory = ""
            history = random.hexadecimal(count: 40)
        } else if follows == nil {
            beginHistory(&random)
        }
    }

    /// A master that has just become one goes on under a new name.
    mutating func beginHistory(_ random: inout RandomSource) {
        previousHistory = history
        history = random.hexadecimal(count: 40)
    }

    /// SLAVEOF, also with `nil` for NO ONE.
    mutating func follow(_ master: NodeAddress?, at now: Instant, random: inout RandomSource) {
        if follows == master { return }
        if master == nil { beginHistory(&random) }
        follows = master
        linkIsUp = false
        linkLostAt = master == nil ? nil : now
        linkSeen = now
    }

    /// The text of INFO.
    func information(replicas: [NodeAddress], at now: Instant) -> ByteString {
        var text = "# Server\r\nrun_id:\(runID)\r\n# Persistence\r\n"
        text += "loading:\(loadsUntil > now ? 1 : 0)\r\n# Replication\r\n"
        if let follows {
            text += "role:slave\r\nmaster_host:\(follows.host)\r\nmaster_port:\(follows.port)\r\n"
            text += "master_link_status:\(linkIsUp ? "up" : "down")\r\n"
            text += "slave_repl_offset:\(offset)\r\n"
            if !linkIsUp {
                let seconds = linkLostAt.map { (now - $0).wholeMilliseconds / 1000 } ?? -1
                text += "master_link_down_since_seconds:\(seconds)\r\n"
            }
            text += "slave_priority:\(priority)\r\nreplica_announced:1\r\n"
        } else {
            text += "role:master\r\n"
        }
        text += "connected_slaves:\(replicas.count)\r\n"
        for (number, replica) in replicas.enumerated() {
            text += "slave\(number):ip=\(replica.host),port=\(replica.port),state=online,"
            text += "offset=\(offset),lag=0\r\n"
        }
        text += "master_replid:\(history)\r\nmaster_repl_offset:\(offset)\r\n"
        return ByteString(text + "simulated_data:\(hasData ? 1 : 0)\r\n")
    }
}
