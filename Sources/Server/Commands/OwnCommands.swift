import Protocol
import Sessions

/// RDS: what rds adds to the commands of Redis.
///
/// Sentinels and servers of ours ask each other by CAPABILITIES before they use anything that Redis
/// does not have. An entry here is a promise about behaviour, not about a version.
enum OwnCommands {
    /// What this server can do beyond Redis, one word each.
    static let capabilities: [StaticString] = ["fence", "switchover", "evidence", "goodbye"]

    /// RDS CAPABILITIES.
    static func capabilities(_ reply: inout ReplyWriter) {
        reply.array(count: capabilities.count)
        for capability in capabilities { reply.bulk(capability) }
    }

    /// RDS HELP.
    static func help(_ reply: inout ReplyWriter) {
        reply.help(
            of: "RDS",
            [
                "CAPABILITIES", "    Name what this server can do beyond Redis.",
                "GOODBYE", "    Be told on this connection when the server stops.",
                "LINK", "    Tell how the link to the master is, and when it last brought a byte.",
                "SENTINEL <runid> <group> <down-after> <failover-timeout> [<known-runid> ...]",
                "    Tell how a sentinel watches this server, and which sentinels it knows.",
                "SWITCHOVER PAUSE <epoch> <sentinel> <milliseconds>",
                "    Hold writes back, and tell history and offset.",
                "SWITCHOVER COMMIT <epoch> <sentinel> <host> <port>",
                "    Hold them back until a role is told: that replica is about to be promoted.",
                "SWITCHOVER RESUME <epoch> <sentinel>",
                "    Let writes go on: no replica was promoted.",
                "SWITCHOVER WANTED",
                "    Tell whether this master is stopping and waits to be replaced.",
            ])
    }
}
