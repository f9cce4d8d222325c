import Bytes

/// The subcommands of SENTINEL, each under its old and its new spelling.
enum Subcommand: Sendable {
    case masterAddress
    case masters
    case master
    case replicas
    case sentinels
    case identity
    case downOpinion
    case quorum
    case monitor
    case remove
    case set
    case reset
    case failover
    case timeline
    case flush
    case config
    case debug
    case informationCache
    case pendingScripts
    case simulateFailure
    case epochs
    case capabilities
    case preVote
    case release
    case help

    /// The subcommand that `name`, in lower case, spells.
    init?(name: String) {
        switch name {
        case "get-master-addr-by-name", "get-primary-addr-by-name": self = .masterAddress
        case "masters", "primaries": self = .masters
        case "master", "primary": self = .master
        case "replicas", "slaves": self = .replicas
        case "sentinels": self = .sentinels
        case "myid": self = .identity
        case "is-master-down-by-addr", "is-primary-down-by-addr": self = .downOpinion
        case "ckquorum": self = .quorum
        case "monitor": self = .monitor
        case "remove": self = .remove
        case "set": self = .set
        case "reset": self = .reset
        case "failover": self = .failover
        case "timeline": self = .timeline
        case "flushconfig": self = .flush
        case "config": self = .config
        case "debug": self = .debug
        case "info-cache": self = .informationCache
        case "pending-scripts": self = .pendingScripts
        case "simulate-failure": self = .simulateFailure
        case "epochs": self = .epochs
        case "capabilities": self = .capabilities
        case "pre-vote": self = .preVote
        case "release": self = .release
        case "help": self = .help
        default: return nil
        }
    }

    /// Whether a real sentinel does not know it.
    var isBeyondRedis: Bool {
        switch self {
        case .capabilities, .epochs, .preVote, .release, .timeline: true
        default: false
        }
    }

    /// Whether a request of so many words, `SENTINEL` and the subcommand included, is well-formed.
    func accepts(_ count: Int) -> Bool {
        switch self {
        case .masters, .identity, .flush, .pendingScripts, .capabilities, .help: count == 2
        case .masterAddress, .master, .replicas, .sentinels, .quorum, .remove, .reset, .epochs:
            count == 3
        case .failover: count >= 3 && count <= 7
        case .timeline: count == 3 || count == 4
        case .downOpinion, .preVote, .release, .monitor: count == 6
        case .set: count >= 5
        case .config: count >= 4
        case .informationCache, .simulateFailure: count >= 3
        case .debug: count >= 2
        }
    }

    /// The lines of SENTINEL HELP.
    static let helpLines: [ByteString] = [
        "SENTINEL <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "CAPABILITIES",
        "    Show what this sentinel does beyond the common protocol.",
        "CKQUORUM <master-name>",
        "    Tell whether enough sentinels are up to agree on a failure and elect a leader.",
        "CONFIG SET <param> <value> [<param> <value> ...]",
        "    Change settings of this sentinel.",
        "CONFIG GET <param> [<param> ...]",
        "    Show settings of this sentinel.",
        "DEBUG [<param> <value> ...]",
        "    Show the periods and limits in milliseconds, or change them.",
        "EPOCHS <master-name>",
        "    What sentinels ask each other: which configuration one has, under which epoch.",
        "FAILOVER <master-name> [FORCE | COORDINATED [TO <ip> <port>]]",
        "    Replace a master that is up; with FORCE, without the votes of the others; COORDINATED",
        "    fails rather than lose a write, and replies when it is done.",
        "FLUSHCONFIG",
        "    Write the state file now.",
        "GET-MASTER-ADDR-BY-NAME <master-name>",
        "    Show where the master listens.",
        "INFO-CACHE <master-name> [<master-name> ...]",
        "    Show the last INFO of the master and its replicas.",
        "IS-MASTER-DOWN-BY-ADDR <ip> <port> <current-epoch> <runid>",
        "    What sentinels ask each other: whether a master is down, and for a vote.",
        "MASTER <master-name>",
        "    Show what is known of a master.",
        "MASTERS",
        "    Show what is known of all masters.",
        "MONITOR <name> <ip> <port> <quorum>",
        "    Watch a master from now on.",
        "MYID",
        "    Show this sentinel's id.",
        "PENDING-SCRIPTS",
        "    Show scripts that run or wait.",
        "PRE-VOTE <ip> <port> <current-epoch> <runid>",
        "    What sentinels ask each other: whether one would get a vote; nothing changes.",
        "RELEASE <ip> <port> <epoch> <runid>",
        "    What sentinels tell each other: a vote is not needed any more.",
        "REMOVE <master-name>",
        "    Watch a master no longer.",
        "REPLICAS <master-name>",
        "    Show what is known of a master's replicas.",
        "RESET <pattern>",
        "    Forget replicas, sentinels and state of the masters whose names match.",
        "SENTINELS <master-name>",
        "    Show what is known of the other sentinels of a master.",
        "SET <master-name> <option> <value> [<option> <value> ...]",
        "    Change settings of a master.",
        "SIMULATE-FAILURE [CRASH-AFTER-ELECTION] [CRASH-AFTER-PROMOTION] [HELP]",
        "    End the process at a chosen step of the next failover.",
        "TIMELINE <master-name> [<count>]",
        "    Show the last failovers: how long each part took, and why a replica was chosen.",
        "HELP",
        "    Show this text.",
    ]
}
