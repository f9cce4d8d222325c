/// What the judges hold a group to, beyond what every group of sentinels promises.
///
/// Groups in which some nodes stand for those of others are held to less.
struct Rules: OptionSet, Hashable, Sendable {
    let rawValue: Int

    /// What WAIT confirmed decides who is promoted.
    static let linksWaitToElection = Rules(rawValue: 1)
    /// A master that heard of a newer epoch accepts nothing.
    static let demotedMasterIsSilent = Rules(rawValue: 2)
    /// A master that restarts accepts nothing before it is confirmed.
    static let fencesAtBoot = Rules(rawValue: 4)
    /// Nobody gives data up for those of a master that lost its own.
    static let keepsData = Rules(rawValue: 8)
    /// A split election is followed by another at once.
    static let electsSoon = Rules(rawValue: 16)

    /// An acknowledged write is not lost where nothing went wrong.
    static let losesNothing = Rules(rawValue: 32)
    /// What WAIT confirmed is there at the end, unless its promise has ended (Simulator+Promises.swift).
    static let keepsPromises = Rules(rawValue: 64)

    static let none: Rules = []

    /// What is asked of groups of a kind.
    static func asked(of kind: GroupKind, _ weakness: Weakness) -> Rules {
        if kind == .mixed { return .none }
        if kind == .planned { return [.electsSoon, .losesNothing] }
        return switch weakness {
        case .none, .unfenced, .followsEmptyMasters, .ignoresHistory:
            [
                .electsSoon, .demotedMasterIsSilent, .fencesAtBoot, .keepsData,
                .linksWaitToElection,
                .keepsPromises,
            ]
        default: [.electsSoon, .linksWaitToElection]
        }
    }
}
