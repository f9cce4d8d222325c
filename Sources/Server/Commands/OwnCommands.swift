import Protocol
import Sessions

/// RDS: what rds adds to the commands of Redis.
///
/// Sentinels and servers of ours ask each other by CAPABILITIES before they use anything that Redis
/// does not have. An entry here is a promise about behaviour, not about a version.
enum OwnCommands {
    /// What this server can do beyond Redis, one word each.
    static let capabilities: [StaticString] = []

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
            ])
    }
}
