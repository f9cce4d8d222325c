// The `sentinel` lines of sentinel.conf, a row each: how many words they take, and what the manual
// says of them.

import Bytes
import Determinism

/// The `sentinel` lines that are about no master.
enum OwnDirective: String, CaseIterable, Sendable {
    case announcedHost = "announce-ip"
    case announcedPort = "announce-port"
    case sentinelUser = "sentinel-user"
    case sentinelPassword = "sentinel-pass"
    case resolvesHostNames = "resolve-hostnames"
    case announcesHostNames = "announce-hostnames"
    case deniesScriptReconfiguration = "deny-scripts-reconfig"
    case identity = "myid"
    case currentEpoch = "current-epoch"
}

/// What a `sentinel` line takes, and what it is for.
public struct SentinelRow: Sendable {
    /// Its second word.
    public let name: String
    /// The words behind the name; those about a master have its name before them.
    public let arguments: [String]
    /// One line for the manual; what only the sentinel itself writes is not for operators.
    public let summary: String
    /// The value where no line sets it; empty for none.
    public let defaultValue: String
    /// Whether the sentinel writes it, and nobody else.
    public let isLearned: Bool

    private init(
        _ name: String, _ arguments: [String], _ summary: String, default value: String = "",
        isLearned: Bool = false
    ) {
        self.name = name
        self.arguments = arguments
        self.summary = summary
        defaultValue = value
        self.isLearned = isLearned
    }

    /// The rows about no master.
    public static let own = OwnDirective.allCases.map(\.row)
    /// The rows about one master.
    public static let ofMasters = [monitor] + MasterDirective.allCases.map(\.row)

    /// `sentinel monitor`.
    static let monitor = SentinelRow(
        "monitor", ["host", "port", "quorum"],
        "watch the master at this address; so many sentinels must agree that it is down")

    fileprivate static func own(
        _ directive: OwnDirective, _ argument: String, _ summary: String,
        default value: String = "", isLearned: Bool = false
    ) -> SentinelRow {
        SentinelRow(
            directive.rawValue, [argument], summary, default: value, isLearned: isLearned)
    }

    fileprivate static func master(
        _ directive: MasterDirective, _ arguments: [String], _ summary: String,
        default value: String = "", isLearned: Bool = false
    ) -> SentinelRow {
        SentinelRow(
            directive.rawValue, arguments, summary, default: value, isLearned: isLearned)
    }
}

extension OwnDirective {
    var row: SentinelRow {
        let usual = SentinelSettings()
        func word(_ flag: Bool) -> String { flag ? "yes" : "no" }
        return switch self {
        case .announcedHost:
            .own(self, "host", "the address that others are told, where it is not the one they see")
        case .announcedPort:
            .own(
                self, "port", "the port that others are told; 0 for the one listened on",
                default: "\(usual.announcedPort)")
        case .sentinelUser:
            .own(self, "name", "the user that this sentinel authenticates as at the others")
        case .sentinelPassword:
            .own(
                self, "password",
                "what this sentinel authenticates with at the others; without it requirepass")
        case .resolvesHostNames:
            .own(
                self, "yes|no", "whether names may stand in place of addresses",
                default: word(usual.resolvesHostNames))
        case .announcesHostNames:
            .own(
                self, "yes|no", "whether others are told names where they are known",
                default: word(usual.announcesHostNames))
        case .deniesScriptReconfiguration:
            .own(
                self, "yes|no", "whether SENTINEL SET refuses to change scripts",
                default: word(usual.deniesScriptReconfiguration))
        case .identity: .own(self, "id", "who this sentinel is", isLearned: true)
        case .currentEpoch:
            .own(self, "number", "the greatest epoch heard of", isLearned: true)
        }
    }
}

extension MasterDirective {
    var row: SentinelRow {
        let usual = MasterSettings(
            name: "", address: NodeAddress(host: "", port: 0), quorum: 1)
        func milliseconds(_ time: Duration) -> String { "\(time.wholeMilliseconds)" }
        return switch self {
        case .downAfter:
            .master(
                self, ["milliseconds"],
                "silence after which a node counts as down; a refused connection counts at once",
                default: milliseconds(usual.downAfter))
        case .failoverTimeout:
            .master(
                self, ["milliseconds"],
                "bound of the steps of a failover; after twice as long another may be tried",
                default: milliseconds(usual.failoverTimeout))
        case .parallelSyncs:
            .master(
                self, ["number"],
                "how many replicas may synchronise with a new master at the same time",
                default: "\(usual.parallelSyncs)")
        case .authPassword:
            .master(self, ["password"], "what the servers are told by AUTH")
        case .authPasswordFile:
            .master(
                self, ["file"],
                "file whose first line is that password, which is then written nowhere else; a name "
                    + "without a slash is a credential of the unit: a file in "
                    + "/etc/rds/sentinel-secrets")
        case .authUser: .master(self, ["user"], "the user for AUTH")
        case .rebootDownAfter:
            .master(
                self, ["milliseconds"],
                "a master that restarted and loads for longer than this counts as down; 0 for never",
                default: milliseconds(usual.rebootDownAfter))
        case .renameCommand:
            .master(
                self, ["command", "other-name"], "what the servers of this group call a command")
        case .notificationScript:
            .master(
                self, ["path"],
                "program that is called for every warning with the event and its text; exit status 1 "
                    + "asks for another try")
        case .clientReconfigurationScript:
            .master(
                self, ["path"],
                "program that is called when the master changed, with the group's name, this "
                    + "sentinel's part, start, and the old and the new address and port")
        case .configEpoch:
            .master(self, ["number"], "the epoch in which the master became it", isLearned: true)
        case .leaderEpoch:
            .master(self, ["number"], "the epoch of the last vote", isLearned: true)
        case .knownReplica: .master(self, ["host", "port"], "a replica", isLearned: true)
        case .knownSentinel:
            .master(self, ["host", "port", "id"], "another sentinel", isLearned: true)
        }
    }
}
