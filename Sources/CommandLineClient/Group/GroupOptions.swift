import Bytes

/// What the words after `rds-cli ha` ask for.
public struct GroupOptions: Equatable, Sendable {
    /// What is done.
    public enum Action: Equatable, Sendable {
        /// Make a group, or see that it is made.
        case form
        /// Tell how a group is.
        case status
    }

    /// What else than that the words may ask for.
    public enum Outcome: Equatable, Sendable {
        /// One of the actions.
        case run(GroupOptions)
        /// --help.
        case showUsage
        /// Something is wrong: the text to print.
        case failure(String)
    }

    /// The exit status when the words are wrong.
    public static let usageStatus: Int32 = 3
    /// Port of servers where none is given.
    public static let serverPort = 6379
    /// Port of sentinels where none is given.
    public static let sentinelPort = 26_379

    /// What is done.
    public var action: Action
    /// Name of the group; nil: the only one there is.
    public var name: String?
    /// The sentinel that is asked for the status.
    public var sentinel: MemberAddress
    /// The hosts of a new group.
    public var hosts: [GroupHost] = []
    /// File of the password of the servers.
    public var passwordFile: String?
    /// File of the password of the sentinels, if it is another.
    public var sentinelPasswordFile: String?
    /// How many sentinels must agree that the master is down; nil: the majority.
    public var quorum: Int?
    /// Silence after which the master counts as down; nil: as it is, or 5000.
    public var downAfterMilliseconds: Int?
    /// The bound of a failover's steps; nil: as it is, or 10000.
    public var failoverTimeoutMilliseconds: Int?
    /// How long to wait: for an answer of each member, or until a new group agrees.
    public var timeoutMilliseconds: Int?
    /// Print JSON.
    public var isJSON = false
    /// Say what would be done, and stop.
    public var isDryRun = false
    /// Do not ask before it is done.
    public var isConfirmed = false
    /// The first server may hold data, which become the group's.
    public var adoptsData = false

    /// Reads the words after `ha`; host and port come from the options before it.
    public static func parse(_ words: [ByteString], after options: ClientOptions) -> Outcome {
        let action: Action
        switch words.first {
        case "init": action = .form
        case "status": action = .status
        case nil, "help", "--help": return .showUsage
        case let word?: return .failure("There is no 'ha \(word)'. See rds-cli ha --help")
        }
        var parsed = GroupOptions(
            action: action,
            sentinel: MemberAddress(options.host, options.givenPort ?? sentinelPort))
        do throws(Refusal) {
            var reading = Reading(rest: words.dropFirst())
            if try reading.take(into: &parsed) { return .showUsage }
            if action == .form { try reading.finish(&parsed) }
        } catch {
            return .failure(error.text)
        }
        return .run(parsed)
    }
}

/// A host of a new group, with the ports of its server and its sentinel.
public struct GroupHost: Equatable, Sendable {
    /// Name or address.
    public var host: String
    /// Port of the server.
    public var serverPort: Int
    /// Port of the sentinel.
    public var sentinelPort: Int

    /// All parts.
    public init(host: String, serverPort: Int, sentinelPort: Int) {
        self.host = host
        self.serverPort = serverPort
        self.sentinelPort = sentinelPort
    }

    /// Where its server listens.
    public var server: MemberAddress { MemberAddress(host, serverPort) }
    /// Where its sentinel listens.
    public var sentinel: MemberAddress { MemberAddress(host, sentinelPort) }
}

private struct Refusal: Error {
    var text: String
}

/// The words that are left, and what cannot be settled before all of them are read.
private struct Reading {
    var rest: ArraySlice<ByteString>
    private var hosts = ""
    private var serverPort = GroupOptions.serverPort
    private var sentinelPort = GroupOptions.sentinelPort

    init(rest: ArraySlice<ByteString>) { self.rest = rest }

    /// Takes all words; answers whether help was asked for.
    mutating func take(into options: inout GroupOptions) throws(Refusal) -> Bool {
        while let word = rest.popFirst() {
            switch (word.text, options.action) {
            case ("--help", _): return true
            case ("--name", _): options.name = try value(of: word)
            case ("--password-file", _): options.passwordFile = try value(of: word)
            case ("--sentinel-password-file", _):
                options.sentinelPasswordFile = try value(of: word)
            case ("--timeout", _): options.timeoutMilliseconds = 1000 * (try number(of: word))
            case ("--json", .status): options.isJSON = true
            case ("-h", .status): options.sentinel.host = try value(of: word)
            case ("-p", .status): options.sentinel.port = try port(of: word)
            case ("--hosts", .form): hosts = try value(of: word)
            case ("--server-port", .form): serverPort = try port(of: word)
            case ("--sentinel-port", .form): sentinelPort = try port(of: word)
            case ("--quorum", .form): options.quorum = try number(of: word)
            case ("--down-after", .form): options.downAfterMilliseconds = try number(of: word)
            case ("--failover-timeout", .form):
                options.failoverTimeoutMilliseconds = try number(of: word)
            case ("--dry-run", .form): options.isDryRun = true
            case ("--yes", .form), ("-y", .form): options.isConfirmed = true
            case ("--adopt-data", .form): options.adoptsData = true
            default:
                let action = options.action == .form ? "init" : "status"
                throw Refusal(text: "ha \(action) does not know '\(word)'. See rds-cli ha --help")
            }
        }
        return false
    }

    /// What a new group needs.
    func finish(_ options: inout GroupOptions) throws(Refusal) {
        guard let name = options.name, !hosts.isEmpty else {
            throw Refusal(text: "ha init needs --name NAME and --hosts A,B,C")
        }
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == 0x5f
            }
        }
        guard isPlain && !name.isEmpty else {
            throw Refusal(text: "A name has letters, digits and the characters .-_ only: \(name)")
        }
        for text in hosts.split(separator: ",", omittingEmptySubsequences: false) {
            options.hosts.append(try host(text))
        }
        try checkPlaces(options.hosts)
        if let quorum = options.quorum, quorum > options.hosts.count {
            throw Refusal(
                text: "A quorum of \(quorum) cannot be reached by \(options.hosts.count) sentinels")
        }
    }

    /// `host`, `host:port` or `host:port:port`; an IPv6 address with ports stands in brackets.
    private func host(_ text: Substring) throws(Refusal) -> GroupHost {
        var name = text
        var ports: [Substring] = []
        if text.first == "[", let end = text.firstIndex(of: "]") {
            name = text[text.index(after: text.startIndex)..<end]
            let after = text[text.index(after: end)...]
            if !after.isEmpty {
                guard after.first == ":" else { throw unreadable(text) }
                ports = after.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
            }
        } else if text.count(where: { $0 == ":" }) <= 2 && !text.contains("::") {
            var parts = text.split(separator: ":", omittingEmptySubsequences: false)
            name = parts.isEmpty ? "" : parts.removeFirst()
            ports = parts
        }
        let numbers = ports.compactMap { MemberAddress.port($0) }
        guard !name.isEmpty, numbers.count == ports.count, ports.count <= 2 else {
            throw unreadable(text)
        }
        return GroupHost(
            host: String(name), serverPort: numbers.first ?? serverPort,
            sentinelPort: numbers.count > 1 ? numbers[1] : sentinelPort)
    }

    private func unreadable(_ text: Substring) -> Refusal {
        Refusal(text: "'\(text)' is no host: write HOST, HOST:PORT or HOST:PORT:SENTINELPORT")
    }

    private func checkPlaces(_ hosts: [GroupHost]) throws(Refusal) {
        var taken: Set<MemberAddress> = []
        for host in hosts {
            for address in [host.server, host.sentinel]
            where !taken.insert(address).inserted {
                throw Refusal(
                    text: "Two members at \(address): give each host of --hosts its ports, as in "
                        + "\(host.host):\(host.serverPort):\(host.serverPort % 40_000 + 20_000)")
            }
        }
    }

    private mutating func value(of word: ByteString) throws(Refusal) -> String {
        guard let value = rest.popFirst(), !value.isEmpty else {
            throw Refusal(text: "\(word) needs a value. See rds-cli ha --help")
        }
        return value.text
    }

    private mutating func number(of word: ByteString) throws(Refusal) -> Int {
        let text = try value(of: word)
        guard let number = Int(text), (1...86_400_000).contains(number) else {
            throw Refusal(text: "\(word) needs a positive number, not '\(text)'")
        }
        return number
    }

    private mutating func port(of word: ByteString) throws(Refusal) -> Int {
        let text = try value(of: word)
        guard let port = MemberAddress.port(text) else {
            throw Refusal(text: "\(word) needs a port, 1 to 65535, not '\(text)'")
        }
        return port
    }
}
