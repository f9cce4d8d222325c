import Simulation

/// What the command line asks for.
struct Arguments {
    static let usage = """
        Usage: rds-simulate --seeds N [--first S]    run N seeds on all processors
               rds-simulate --seed S [--trace]       run one seed, and show what happened
               --workers N     on so many processors
               --kind K        only seeds of groups of one kind:
                               \(GroupKind.allCases.map(\.name).joined(separator: ", "))
               --weakness W    in groups that are wrong on purpose: one of
                               \(Weakness.allCases.map(\.rawValue).joined(separator: ", "))

        """

    var seeds: UInt64 = 10_000
    var first: UInt64 = 1
    var seed: UInt64?
    var isTraced = false
    var workers: Int?
    var weakness = Weakness.none
    var kind: GroupKind?

    /// Nil for a line that is none.
    init?(_ words: [String]) {
        var position = 0
        while position < words.count {
            let word = words[position]
            position += 1
            if word == "--trace" {
                isTraced = true
                continue
            }
            if word == "--weakness", position < words.count,
                let named = Weakness(rawValue: words[position])
            {
                weakness = named
                position += 1
                continue
            }
            if word == "--kind", position < words.count,
                let named = GroupKind.allCases.first(where: { $0.name == words[position] })
            {
                kind = named
                position += 1
                continue
            }
            guard position < words.count, let number = UInt64(words[position]),
                number < 1 << 62
            else { return nil }
            position += 1
            switch word {
            case "--seeds": seeds = number
            case "--first": first = number
            case "--seed": seed = number
            case "--workers": workers = max(Int(number), 1)
            default: return nil
            }
        }
    }
}
