import Bytes
import Protocol

/// Which sections INFO was asked for.
public struct InfoSections: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt16
    /// Sections by their bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The process.
    public static let server = InfoSections(rawValue: 1 << 0)
    /// Connected clients.
    public static let clients = InfoSections(rawValue: 1 << 1)
    /// Memory.
    public static let memory = InfoSections(rawValue: 1 << 2)
    /// Snapshots and the append log.
    public static let persistence = InfoSections(rawValue: 1 << 3)
    /// Counters.
    public static let stats = InfoSections(rawValue: 1 << 4)
    /// Master and replicas.
    public static let replication = InfoSections(rawValue: 1 << 5)
    /// Processor time.
    public static let cpu = InfoSections(rawValue: 1 << 6)
    /// Modules.
    public static let modules = InfoSections(rawValue: 1 << 7)
    /// Calls and time by command.
    public static let commandstats = InfoSections(rawValue: 1 << 8)
    /// Errors by their first word.
    public static let errorstats = InfoSections(rawValue: 1 << 9)
    /// Percentiles by command.
    public static let latencystats = InfoSections(rawValue: 1 << 10)
    /// Cluster mode.
    public static let cluster = InfoSections(rawValue: 1 << 11)
    /// Keys by database.
    public static let keyspace = InfoSections(rawValue: 1 << 12)
    /// What helps to find faults in the server.
    public static let debug = InfoSections(rawValue: 1 << 13)

    /// What INFO tells without arguments.
    public static let byDefault: InfoSections = [
        .server, .clients, .memory, .persistence, .stats, .replication, .cpu, .modules, .errorstats,
        .cluster, .keyspace,
    ]
    /// What `all` and `everything` mean.
    public static let all: InfoSections = [.byDefault, .commandstats, .latencystats]

    /// The sections that the arguments of INFO name, in any case; unknown names ask for nothing.
    public init(_ request: borrowing Request) {
        self = request.count > 1 ? [] : .byDefault
        for index in 1..<max(request.count, 1) {
            for (name, section) in Self.names where request[index].equalsIgnoringCase(name) {
                formUnion(section)
            }
        }
    }

    private static var names: [(StaticString, InfoSections)] {
        [
            ("default", .byDefault), ("all", .all), ("everything", .all), ("server", .server),
            ("clients", .clients), ("memory", .memory), ("persistence", .persistence),
            ("stats", .stats), ("replication", .replication), ("cpu", .cpu),
            ("modules", .modules), ("module_list", .modules), ("commandstats", .commandstats),
            ("errorstats", .errorstats), ("latencystats", .latencystats), ("cluster", .cluster),
            ("keyspace", .keyspace), ("debug", .debug),
        ]
    }
}
