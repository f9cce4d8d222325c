// The state of a sentinel that only reads its configuration (`state-file`).
//
//     sentinel.conf ── lines ──┐
//                              ├─ merge ─► settings ─► ... ─► state file: `# configured:` lines, then
//     state file ── lines ─────┘                              the same lines as a sentinel.conf
//
// The state file says what holds, and, as comments, what the configuration said when it was read.
// 1. Where the configuration still says that, the state holds; where it was changed since, it counts.
// 2. What the sentinel learned (its id, epochs, replicas, other sentinels) is no matter of the
//    configuration, unless it names another master: then that one is monitored as a new one is.
// 3. A vote is never forgotten: `leader-epoch` and `current-epoch` are the state's.
// 4. Passwords of the configuration are not copied; their digests tell whether they were changed.

import Bytes
import Configuration

/// The lines that a sentinel with a state file obeys.
public struct SeparateState: Hashable, Sendable {
    /// The lines of the configuration and of the state, whichever holds.
    public private(set) var lines: [ConfigurationLine] = []
    /// The text that the next state begins with.
    public private(set) var head: [UInt8] = []
    /// A line for the log about each place where the configuration counts against the state.
    public private(set) var conflicts: [String] = []

    /// A directive, or one about one master.
    private struct Key: Hashable {
        var option: String
        var master: ByteString?
    }

    /// Lines by what they are about; each as its words without `sentinel`, passwords as digests.
    private typealias Said = [Key: [[ByteString]]]

    /// Merges the configuration with the text of the state file; nil if there is none yet.
    ///
    /// `running` is the text that an earlier merge began the state with: a reload does not begin or
    /// end to monitor, so what it says of that is left for the next start.
    public init(
        configuration: [ConfigurationLine], state text: [UInt8]?, path: String,
        running: [UInt8]? = nil
    ) throws(ConfigurationError) {
        let (said, groups) = SeparateState.read(configuration)
        let earlier = try text.map { text throws(ConfigurationError) in
            try SeparateState.configured(in: text, path)
        }
        var state: [ConfigurationLine] = []
        if let text { state = try ConfigurationLine.lines(of: text, source: path) }
        lines = configuration.filter { SeparateState.key($0) == nil }
        if let earlier {
            merge(groups, said, with: SeparateState.read(state).groups, earlier)
        } else {
            lines = configuration
        }
        var next = said
        if let running {
            let before = try SeparateState.configured(in: running, path)
            next = said.filter { $0.key.option != "monitor" }
                .merging(before.filter { $0.key.option == "monitor" }) { $1 }
        }
        head = SeparateState.head(next)
    }

    private mutating func merge(
        _ configured: [Key: [ConfigurationLine]], _ said: Said,
        with state: [Key: [ConfigurationLine]], _ earlier: Said
    ) {
        let masters = Set((Array(configured.keys) + state.keys).compactMap(\.master))
        var dropped: Set<ByteString> = []
        var anew: Set<ByteString> = []
        for master in masters.sorted(by: { $0.text < $1.text }) {
            let key = Key(option: "monitor", master: master)
            switch monitored(
                configured[key]?.first, said[key]?.first, state[key]?.first, earlier[key]?.first)
            {
            case .not(let reason):
                dropped.insert(master)
                if let reason { conflicts.append("\(master): \(reason)") }
            case .asNew(let line):
                anew.insert(master)
                lines.append(line)
                conflicts.append(
                    "\(master): the configuration names another master since: \(line.words[3]) "
                        + "\(line.words[4])")
            case .known(let line): lines.append(line)
            }
        }
        for key in Set(Array(configured.keys) + state.keys).sorted(by: SeparateState.precedes) {
            if key.option == "monitor" { continue }
            if let master = key.master, dropped.contains(master) { continue }
            let learned = state[key] ?? []
            if SeparateState.learnedOptions.contains(key.option) {
                // Whose vote was given is remembered whatever is monitored.
                let isForgotten =
                    key.option != "leader-epoch" && key.master.map(anew.contains) == true
                lines += isForgotten || learned.isEmpty ? configured[key] ?? [] : learned
            } else if said[key] == earlier[key] {
                // Passwords of the configuration are not in the state.
                let isSecret = SeparateState.secretOptions.contains(key.option)
                lines += learned.isEmpty && isSecret ? configured[key] ?? [] : learned
            } else {
                lines += configured[key] ?? []
                let name = key.master.map { "\(key.option) \($0)" } ?? key.option
                conflicts.append(
                    configured[key] == nil
                        ? "sentinel \(name) was taken out of the configuration: the default counts"
                        : "sentinel \(name) was changed in the configuration since: that counts")
            }
        }
    }

    private enum Monitored {
        case not(reason: String?)
        case asNew(ConfigurationLine)
        case known(ConfigurationLine)
    }

    private func monitored(
        _ configured: ConfigurationLine?, _ said: [ByteString]?, _ state: ConfigurationLine?,
        _ earlier: [ByteString]?
    ) -> Monitored {
        guard let configured, let said else {
            guard let state else { return .not(reason: nil) }
            if earlier == nil { return .known(state) }
            return .not(
                reason: "its sentinel monitor line was taken out of the configuration: it is not "
                    + "monitored any more")
        }
        guard let state else {
            if said == earlier { return .not(reason: nil) }
            return .known(configured)
        }
        // sentinel monitor <name> <host> <port> <quorum>
        guard configured.words.count == 6, state.words.count == 6 else { return .known(configured) }
        let place = Array(configured.words[3...4])
        let isSame = earlier.map { $0.count == 5 && Array($0[2...3]) == place }
        if !(isSame ?? (Array(state.words[3...4]) == place)) { return .asNew(configured) }
        var words = state.words
        if said.last != earlier?.last { words[5] = configured.words[5] }
        return .known(
            ConfigurationLine(
                source: state.source, number: state.number, text: state.text, words: words))
    }

    // MARK: Reading

    private static let learnedOptions: Set<String> = [
        "myid", "current-epoch", "config-epoch", "leader-epoch", "known-replica", "known-sentinel",
    ]

    private static let secretOptions: Set<String> = ["auth-pass", "sentinel-pass"]

    /// What a line is about; nil for lines that are not the machine's.
    private static func key(_ line: ConfigurationLine) -> Key? {
        guard line.words[0] == "sentinel", line.words.count > 1 else { return nil }
        return key(Array(line.words.dropFirst()))
    }

    private static func key(_ words: [ByteString]) -> Key {
        let option = MasterDirective.spelling(of: words[0].lowercased.text)
        let isOfMaster = MasterDirective(rawValue: option) != nil || option == "monitor"
        // A password is in the configuration or in a file of its own: one takes the other's place.
        let name = option == MasterDirective.authPasswordFile.rawValue ? "auth-pass" : option
        return Key(option: name, master: isOfMaster && words.count > 1 ? words[1] : nil)
    }

    private static func read(
        _ lines: [ConfigurationLine]
    ) -> (said: Said, groups: [Key: [ConfigurationLine]]) {
        var said: Said = [:]
        var groups: [Key: [ConfigurationLine]] = [:]
        for line in lines {
            guard let key = key(line) else { continue }
            var words = Array(line.words.dropFirst())
            words[0] = ByteString(MasterDirective.spelling(of: words[0].lowercased.text))
            if secretOptions.contains(words[0].text), let secret = words.last {
                words[words.count - 1] = ByteString(SHA1Digest(of: secret.bytes.span).hexadecimal)
            }
            said[key, default: []].append(words)
            groups[key, default: []].append(line)
        }
        return (said, groups)
    }

    // MARK: What the configuration said

    private static let mark = "# configured: "

    private static func configured(
        in text: [UInt8], _ path: String
    ) throws(ConfigurationError) -> Said {
        var said: Said = [:]
        let mark = Array(mark.utf8)
        for (index, line) in text.split(separator: 0x0a, omittingEmptySubsequences: false)
            .enumerated() where line.starts(with: mark)
        {
            let rest = Array(line.dropFirst(mark.count))
            guard let words = QuotedWords.split(rest.span), !words.isEmpty else {
                throw .line(
                    source: path, number: index + 1, text: ByteString(Array(line)),
                    reason: "Unbalanced quotes in configuration line")
            }
            said[key(words), default: []].append(words)
        }
        return said
    }

    private static func head(_ said: Said) -> [UInt8] {
        var text = """
            # The state of this sentinel: what it learned and what was changed at run time. The lines
            # marked "configured" are those of the configuration; one that is changed there counts
            # again from the next start on.

            """
        for key in said.keys.sorted(by: precedes) {
            for words in said[key] ?? [] {
                let line = words.map { QuotedWords.quotedIfNeeded($0).text }
                text += mark + line.joined(separator: " ") + "\n"
            }
        }
        return Array(text.utf8)
    }

    private static func precedes(_ one: Key, _ other: Key) -> Bool {
        (one.master?.text ?? "", one.option) < (other.master?.text ?? "", other.option)
    }
}
