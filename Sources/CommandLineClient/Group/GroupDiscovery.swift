// Finding a whole group from one sentinel of it: ask it, then everybody whom it names, then whom
// these name, until nobody is new.

import Bytes
import Protocol

/// Who is asked next, and what the answers add.
public struct GroupDiscovery: Sendable {
    /// Members of a group are no more than these; what goes beyond is not asked.
    static let memberLimit = 256

    /// Whom to ask at the same time.
    public struct Round: Equatable, Sendable {
        /// Servers.
        public var servers: [MemberAddress] = []
        /// Sentinels.
        public var sentinels: [MemberAddress] = []
        /// Nobody is left.
        public var isEmpty: Bool { servers.isEmpty && sentinels.isEmpty }
    }

    /// Why there is no group to tell of.
    public enum Failure: Equatable, Sendable {
        /// The first sentinel cannot be asked.
        case unreachable(MemberAddress, MemberFailure)
        /// A server is at the first address.
        case isServer(MemberAddress)
        /// The first sentinel watches nothing.
        case watchesNothing(MemberAddress)
        /// It watches other groups.
        case unknownName(MemberAddress, String, known: [String])
        /// It watches several groups, and none was chosen.
        case severalNames(MemberAddress, [String])
    }

    private let first: MemberAddress
    /// What has been found so far.
    public private(set) var observation: GroupObservation

    /// Begins with a sentinel; without a name, its only group is meant.
    public init(from sentinel: MemberAddress, name: String?) {
        first = sentinel
        observation = GroupObservation(name: name)
    }

    /// Who has not been asked yet.
    public var next: Round {
        guard let finding = observation.sentinels[first] else {
            return Round(servers: [], sentinels: [first])
        }
        if observation.name == nil { return Round() }
        if finding.facts?.groups.isEmpty ?? true { return Round() }
        let servers = observation.knownServers.filter { observation.servers[$0] == nil }
        let sentinels = observation.knownSentinels.filter { observation.sentinels[$0] == nil }
        let room = max(Self.memberLimit - observation.servers.count, 0)
        let places = max(Self.memberLimit - observation.sentinels.count, 0)
        return Round(
            servers: Array(servers.sorted().prefix(room)),
            sentinels: Array(sentinels.sorted().prefix(places)))
    }

    /// Takes a server's answer.
    public mutating func take(_ finding: Finding<ServerFacts>, ofServer address: MemberAddress) {
        observation.servers[address] = finding
    }

    /// Takes a sentinel's answer; the first is asked again once the group's name is known from it.
    public mutating func take(
        _ finding: Finding<SentinelFacts>, ofSentinel address: MemberAddress
    ) {
        if observation.name == nil, let groups = finding.facts?.groups, groups.count == 1 {
            observation.name = groups[0].name
        } else {
            observation.sentinels[address] = finding
        }
    }

    /// Why there is nothing to tell; nil when there is.
    public var failure: Failure? {
        switch observation.sentinels[first] {
        case nil: return nil
        case .failure(let failure): return .unreachable(first, failure)
        case .facts(let facts):
            if facts.isServer { return .isServer(first) }
            let names = facts.groups.map(\.name).sorted()
            if names.isEmpty { return .watchesNothing(first) }
            guard let name = observation.name else { return .severalNames(first, names) }
            return names.contains(name) ? nil : .unknownName(first, name, known: names)
        }
    }

    /// What was found, with the first sentinel under the address by which the others know it.
    public var result: GroupObservation {
        var result = observation
        guard let facts = result.sentinels[first]?.facts else { return result }
        let others = result.views.filter { $0.address != first }
        for view in others {
            guard let own = view.facts.peers.first(where: { $0.identity == facts.identity }),
                own.address != first
            else { continue }
            result.sentinels[first] = nil
            result.sentinels[own.address] = .facts(facts)
            break
        }
        return result
    }
}

extension GroupDiscovery.Failure {
    /// What is wrong, and what to do.
    public var text: String {
        switch self {
        case .unreachable(let address, let failure):
            switch failure {
            case .unreachable(let reason):
                "No sentinel at \(address): \(reason).\n"
                    + "Start it, or ask another one: rds-cli ha status -h HOST -p PORT"
            case .protected:
                "The sentinel at \(address) is in protected mode and answers its own host only.\n"
                    + "Give it a bind address or a password, or ask it on its own host."
            case .passwordNeeded:
                "The sentinel at \(address) wants a password: give --password-file FILE."
            case .passwordWrong:
                "The sentinel at \(address) refuses the password."
            case .refused(let reason):
                "The sentinel at \(address) says: \(reason)"
            }
        case .isServer(let address):
            "\(address) is a server, not a sentinel: sentinels usually have port 26379 (-p)."
        case .watchesNothing(let address):
            "The sentinel at \(address) watches no group yet.\n"
                + "Make one: rds-cli ha init --name NAME --hosts A,B,C"
        case .unknownName(let address, let name, let known):
            "The sentinel at \(address) does not watch \(name). It watches: "
                + known.joined(separator: ", ")
        case .severalNames(let address, let names):
            "The sentinel at \(address) watches several groups: choose one by --name: "
                + names.joined(separator: ", ")
        }
    }
}
