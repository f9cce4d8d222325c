import Bytes
import Configuration

/// The directives that name a master first; what the manual says of each is in SentinelRow.swift.
enum MasterDirective: String, CaseIterable, Sendable {
    case downAfter = "down-after-milliseconds"
    case failoverTimeout = "failover-timeout"
    case parallelSyncs = "parallel-syncs"
    case authPassword = "auth-pass"
    case authPasswordFile = "auth-pass-file"
    case authUser = "auth-user"
    case rebootDownAfter = "master-reboot-down-after-period"
    case renameCommand = "rename-command"
    case notificationScript = "notification-script"
    case clientReconfigurationScript = "client-reconfig-script"
    case configEpoch = "config-epoch"
    case leaderEpoch = "leader-epoch"
    case knownReplica = "known-replica"
    case knownSentinel = "known-sentinel"

    /// Older and newer names of directives, brought to the one that is written.
    static func spelling(of name: String) -> String {
        switch name {
        case "known-slave": "known-replica"
        case "primary-reboot-down-after-period": "master-reboot-down-after-period"
        default: name
        }
    }

    /// The directive of that name if so many values, the master's name included, are right for it.
    init?(name: String, valueCount: Int) {
        guard let directive = MasterDirective(rawValue: MasterDirective.spelling(of: name)) else {
            return nil
        }
        // Sentinels older than ids wrote others without one.
        let isOld = directive == .knownSentinel && valueCount == 3
        guard valueCount == 1 + directive.row.arguments.count || isOld else { return nil }
        self = directive
    }
}

extension MasterSettings {
    /// Obeys a directive whose values, without the master's name, are as many as it takes.
    mutating func obey(
        _ directive: MasterDirective, _ values: [ByteString], resolvesHostNames: Bool
    ) throws(SettingsRefusal) {
        switch directive {
        case .downAfter: downAfter = try positiveTime(values[0])
        case .failoverTimeout: failoverTimeout = try positiveTime(values[0])
        case .parallelSyncs: parallelSyncs = looseInteger(values[0])
        case .authPassword: authPassword = values[0]
        case .authPasswordFile: authPasswordFile = values[0]
        case .authUser: authUser = values[0]
        case .rebootDownAfter:
            let milliseconds = looseInteger(values[0])
            guard milliseconds >= 0 else { throw SettingsRefusal("negative time parameter.") }
            rebootDownAfter = .milliseconds(milliseconds)
        case .renameCommand:
            let name = values[0].lowercased
            guard !renamedCommands.contains(where: { $0.name.lowercased == name }) else {
                throw SettingsRefusal(
                    "Same command renamed multiple times with rename-command.")
            }
            renamedCommands.append(RenamedCommand(name: values[0], replacement: values[1]))
        case .notificationScript: notificationScript = values[0]
        case .clientReconfigurationScript: clientReconfigurationScript = values[0]
        case .configEpoch: configEpoch = looseEpoch(values[0])
        case .leaderEpoch: leaderEpoch = looseEpoch(values[0])
        case .knownReplica:
            let address = try knownAddress(values[0], values[1], resolvesHostNames)
            guard !knownReplicas.contains(address) else {
                throw SettingsRefusal("Duplicate hostname and port for replica.")
            }
            knownReplicas.append(address)
        case .knownSentinel:
            let address = try knownAddress(values[0], values[1], resolvesHostNames)
            guard !knownSentinels.contains(where: { $0.runID == values[2] }) else {
                throw SettingsRefusal("Duplicate runid for sentinel.")
            }
            knownSentinels.append(KnownSentinel(runID: values[2], address: address))
        }
    }

    private func positiveTime(_ value: ByteString) throws(SettingsRefusal) -> Duration {
        let milliseconds = looseInteger(value)
        guard milliseconds > 0 else { throw SettingsRefusal("negative or zero time parameter.") }
        return .milliseconds(milliseconds)
    }

    private func knownAddress(
        _ host: ByteString, _ port: ByteString, _ resolvesHostNames: Bool
    ) throws(SettingsRefusal) -> NodeAddress {
        let port = looseInteger(port)
        guard (0...65_535).contains(port) else { throw SettingsRefusal("Invalid port number.") }
        let address =
            resolvesHostNames
            ? NodeAddress(naming: host, port: port) : NodeAddress(checking: host, port: port)
        guard let address else {
            throw SettingsRefusal("Can't resolve instance hostname.")
        }
        return address
    }
}
