// sentinel.conf: what the operator set and what the sentinel learned, in one file.
//
// `sentinel` lines are obeyed in three passes (what stands for itself, `monitor`, what names a
// master), so that their order in the file does not matter. Other lines are the executor's: ports,
// log, passwords. A line that promises what this build does not do stops the start.

import Bytes
import Configuration

/// Everything that `sentinel` lines say, and the text that they stand in.
public struct SentinelSettings: Hashable, Sendable {
    /// The sentinel's id; nil in a file that no sentinel has used yet.
    public var identity: ByteString?
    /// The greatest epoch heard of.
    public var currentEpoch: UInt64 = 0
    /// The address that others are told; nil for the one that our connections come from.
    public var announcedHost: ByteString?
    /// The port that others are told; 0 for `port`.
    public var announcedPort = 0
    /// The port that the sentinel listens on.
    public var port = 26379
    /// For AUTH against other sentinels.
    public var sentinelUser: ByteString?
    /// For AUTH against other sentinels.
    public var sentinelPassword: ByteString?
    /// The password that our clients need; other sentinels are taken to need the same.
    public var requiredPassword: ByteString?
    /// Whether SENTINEL SET refuses to change scripts.
    public var deniesScriptReconfiguration = true
    /// Whether names may stand in place of addresses.
    public var resolvesHostNames = false
    /// Whether others are told names rather than digits.
    public var announcesHostNames = false
    /// What is logged: debug, verbose, notice, warning, nothing.
    public var logLevel: ByteString = "notice"
    /// The monitored masters.
    public var masters: [MasterSettings] = []
    /// The lines that are not the sentinel's, in their order.
    public private(set) var otherLines: [ConfigurationLine] = []
    /// The file's text: what is stored keeps its comments and order.
    public var text: [UInt8] = []
    /// Passwords that the configuration holds where the state has a file of its own: not in both.
    public var configuredSecrets = ConfiguredSecrets()
    /// What the file beside it holds.
    public internal(set) var companion = CompanionState()
    /// Why that file was of no use, for the log.
    public internal(set) var companionNote: String?
    /// Periods that masters have by default.
    public var timing = SentinelTiming()

    /// Settings without a file: nothing is monitored.
    public init() {}

    /// Reads a file; `source` is what errors call it.
    public init(parsing text: [UInt8], source: String) throws(ConfigurationError) {
        self.text = text
        try obey(try ConfigurationLine.lines(of: text, source: source))
    }

    /// Obeys lines, of a file or of the command line, which are not part of the text.
    public mutating func obey(_ lines: [ConfigurationLine]) throws(ConfigurationError) {
        for pass in Pass.allCases {
            for line in lines {
                if line.words[0] != "sentinel" {
                    if pass == .global { try obeyOther(line) }
                    continue
                }
                // `sentinel` alone says in which mode redis-server starts.
                guard line.words.count > 1 else { continue }
                if SentinelSettings.pass(of: line.words[1].lowercased) == pass {
                    try obeySentinel(line)
                }
            }
        }
    }

    /// Whether a password is to be written into the state; `master` is nil for the sentinels' own.
    func isStored(_ password: ByteString, of master: ByteString?) -> Bool {
        guard let master else { return configuredSecrets.sentinels != password }
        return configuredSecrets.masters[master] != password
    }

    /// When a line is obeyed.
    private enum Pass: CaseIterable {
        case global
        case monitor
        case master
    }

    private static func pass(of name: ByteString) -> Pass {
        if name == "monitor" { return .monitor }
        return OwnDirective(rawValue: name.text) == nil ? .master : .global
    }

    private mutating func obeyOther(_ line: ConfigurationLine) throws(ConfigurationError) {
        switch line.words[0].text {
        case "port":
            guard line.words.count == 2 else {
                throw .line(line, reason: "wrong number of arguments")
            }
            guard let port = line.words[1].integer,
                (0...65_535).contains(port)
            else { throw .line(line, reason: "argument must be between 0 and 65535 inclusive") }
            self.port = port
        case "requirepass":
            guard line.words.count == 2 else {
                throw .line(line, reason: "wrong number of arguments")
            }
            requiredPassword = line.words[1].isEmpty ? nil : line.words[1]
        case "loglevel":
            let level = line.words.count == 2 ? line.words[1].lowercased : ""
            guard change("loglevel", level) else {
                throw .line(
                    line,
                    reason: "argument(s) must be one of the following: debug, verbose, notice, "
                        + "warning, nothing")
            }
        default: break
        }
        otherLines.append(line)
    }

    private mutating func obeySentinel(_ line: ConfigurationLine) throws(ConfigurationError) {
        let words = Array(line.words.dropFirst())
        do throws(SettingsRefusal) {
            try obey(words[0].lowercased.text, Array(words.dropFirst()))
        } catch {
            throw .line(line, reason: error.reason)
        }
    }

    private mutating func obey(
        _ name: String, _ values: [ByteString]
    ) throws(SettingsRefusal) {
        if name == "monitor", values.count == 1 + SentinelRow.monitor.arguments.count {
            return try obeyMonitor(values)
        }
        guard let directive = OwnDirective(rawValue: name), values.count == 1 else {
            return try obeyForMaster(name, values)
        }
        try obey(directive, values[0])
    }

    private mutating func obey(
        _ directive: OwnDirective, _ value: ByteString
    ) throws(SettingsRefusal) {
        switch directive {
        case .currentEpoch: currentEpoch = max(currentEpoch, looseEpoch(value))
        case .identity:
            guard value.count == 40 else {
                throw SettingsRefusal("Malformed Sentinel id in myid option.")
            }
            identity = value
        case .announcedHost: if !value.isEmpty { announcedHost = try host(value) }
        case .announcedPort: announcedPort = looseInteger(value)
        case .sentinelUser: if !value.isEmpty { sentinelUser = value }
        case .sentinelPassword: if !value.isEmpty { sentinelPassword = value }
        case .deniesScriptReconfiguration:
            guard let flag = yesOrNo(value) else {
                throw SettingsRefusal(
                    "Please specify yes or no for the deny-scripts-reconfig options.")
            }
            deniesScriptReconfiguration = flag
        case .resolvesHostNames: resolvesHostNames = try flag(value, of: directive)
        case .announcesHostNames: announcesHostNames = try flag(value, of: directive)
        }
    }

    private func flag(
        _ value: ByteString, of directive: OwnDirective
    ) throws(SettingsRefusal) -> Bool {
        guard let flag = yesOrNo(value) else {
            throw SettingsRefusal(
                "Please specify yes or no for the \(directive.rawValue) option.")
        }
        return flag
    }

    private mutating func obeyMonitor(_ values: [ByteString]) throws(SettingsRefusal) {
        let quorum = looseInteger(values[3])
        guard quorum > 0 else { throw SettingsRefusal("Quorum must be 1 or greater.") }
        let port = looseInteger(values[2])
        guard (0...65_535).contains(port) else { throw SettingsRefusal("Invalid port number.") }
        guard let address = address(values[1], port) else {
            throw SettingsRefusal("Can't resolve instance hostname.")
        }
        guard !masters.contains(where: { $0.name == values[0] }) else {
            throw SettingsRefusal("Duplicate master name.")
        }
        masters.append(
            MasterSettings(name: values[0], address: address, quorum: quorum, timing: timing))
    }

    private mutating func obeyForMaster(
        _ name: String, _ values: [ByteString]
    ) throws(SettingsRefusal) {
        guard let expected = MasterDirective(name: name, valueCount: values.count) else {
            throw SettingsRefusal("Unrecognized sentinel configuration statement.")
        }
        // The form without an id, of sentinels older than ids, is passed over.
        if expected == .knownSentinel && values.count == 3 { return }
        guard let index = masters.firstIndex(where: { $0.name == values[0] }) else {
            throw SettingsRefusal("No such master with specified name.")
        }
        try masters[index].obey(
            expected, Array(values.dropFirst()), resolvesHostNames: resolvesHostNames)
        if expected == .configEpoch {
            currentEpoch = max(currentEpoch, masters[index].configEpoch)
        }
    }

    private func address(_ host: ByteString, _ port: Int) -> NodeAddress? {
        resolvesHostNames
            ? NodeAddress(naming: host, port: port) : NodeAddress(checking: host, port: port)
    }

    /// What others are told may be a name even where none is resolved here.
    private func host(_ value: ByteString) throws(SettingsRefusal) -> ByteString {
        guard let address = NodeAddress(naming: value, port: 0) else {
            throw SettingsRefusal("Can't resolve instance hostname.")
        }
        return address.host
    }
}

/// Passwords that stand in the configuration.
public struct ConfiguredSecrets: Hashable, Sendable {
    /// `sentinel sentinel-pass`.
    public var sentinels: ByteString?
    /// `sentinel auth-pass`, by master.
    public var masters: [ByteString: ByteString] = [:]

    /// None.
    public init() {}

    /// Those that these lines hold.
    public init(_ lines: [ConfigurationLine]) {
        for line in lines where line.words[0] == "sentinel" && line.words.count > 2 {
            switch (line.words[1].lowercased.text, line.words.count) {
            case ("sentinel-pass", 3): sentinels = line.words[2]
            case ("auth-pass", 4): masters[line.words[2]] = line.words[3]
            default: break
            }
        }
    }
}

/// Why a line is refused, in the words that are shown.
struct SettingsRefusal: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// The number at the beginning of a text, as the C library's `atoi` has it; 0 if there is none.
func looseInteger(_ text: ByteString) -> Int {
    var bytes = text.bytes[...]
    while let first = bytes.first, first == 0x20 || (first >= 0x09 && first <= 0x0d) {
        bytes.removeFirst()
    }
    let isNegative = bytes.first == 0x2d
    if isNegative || bytes.first == 0x2b { bytes.removeFirst() }
    var value = 0
    for byte in bytes {
        guard byte >= 0x30 && byte <= 0x39 else { break }
        value = min(value * 10 + Int(byte - 0x30), Int(Int32.max))
    }
    return isNegative ? -value : value
}

/// An epoch as a state file spells it; what is beyond reach counts as 0.
func looseEpoch(_ text: ByteString) -> UInt64 {
    let digits = text.bytes.prefix { $0 >= 0x30 && $0 <= 0x39 }
    let epoch = UInt64(String(decoding: digits, as: UTF8.self)) ?? 0
    return min(epoch, Sentinel.epochLimit)
}

/// `yes` and `no` in any case.
func yesOrNo(_ text: ByteString) -> Bool? {
    switch text.lowercased.text {
    case "yes": true
    case "no": false
    default: nil
    }
}
