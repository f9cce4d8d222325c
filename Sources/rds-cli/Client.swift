import Bytes
import CommandLineClient
import Glibc
import Protocol

/// A user's session with a server: it connects when it must, sends commands and prints replies.
struct Client: ~Copyable {
    /// What is done with messages that come without being asked for.
    enum Pushes {
        case print
        case drop
        /// They are the replies that are waited for: SUBSCRIBE.
        case deliver
    }

    let options: ClientOptions
    var connection = ServerConnection()
    var conversation = Conversation()
    var host: String
    var port: Int
    var isInteractive = false
    let text: ReplyText
    private let usualPushes: Pushes
    private var pushes: Pushes
    private var isShuttingDown = false

    /// A session that is not connected yet.
    init(_ options: ClientOptions) {
        self.options = options
        host = options.host
        port = options.port
        conversation.wantedDatabase = options.database
        let isTerminal = isatty(STDOUT_FILENO) != 0 || Streams.environment("FAKETTY") != nil
        var text = ReplyText(style: options.style ?? (isTerminal ? .standard : .raw))
        text.elementDelimiter = options.elementDelimiter
        text.replyDelimiter = options.replyDelimiter
        self.text = text
        usualPushes = options.showsPushes ?? isTerminal ? .print : .drop
        pushes = usualPushes
    }

    /// Where the server is, as the prompt and messages show it.
    var prompt: String {
        if let path = options.socketPath { return conversation.prompt(address: "redis \(path)") }
        let shown = host.contains(":") ? "[\(host)]" : host
        return conversation.prompt(address: "\(shown):\(port)")
    }

    // MARK: Connecting

    /// Connects anew and does what every connection begins with.
    ///
    /// - Returns: false when there is no connection, or when the server refused one of the steps; it
    ///   has then been said why, unless `quietly`.
    mutating func connect(quietly: Bool = false) -> Bool {
        conversation.beginConnection()
        do throws(ServerConnection.Failure) {
            try connection.open(options, host: host, port: port)
        } catch {
            if !quietly {
                let place = options.socketPath ?? "\(host):\(port)"
                Streams.warn("Could not connect to Redis at \(place): \(error.text)")
            }
            return false
        }
        pushes = usualPushes
        return authenticate() && selectDatabase() && switchProtocol()
    }

    private mutating func authenticate() -> Bool {
        guard let password = options.password else { return true }
        var words: [ByteString] = ["AUTH"]
        if let user = options.user { words.append(user) }
        words.append(password)
        guard let reply = ask(words) else { return false }
        guard let error = reply.errorText else { return true }
        Streams.warn("AUTH failed: \(error.text)")
        return false
    }

    /// Selects the wanted database if the connection has another.
    mutating func selectDatabase() -> Bool {
        let wanted = conversation.wantedDatabase
        guard wanted != conversation.database else { return true }
        guard let reply = ask(["SELECT", ByteString(String(wanted))]) else { return false }
        if let error = reply.errorText {
            Streams.warn("SELECT \(wanted) failed: \(error.text)")
            return false
        }
        conversation.database = wanted
        return true
    }

    private mutating func switchProtocol() -> Bool {
        guard options.resp3 != .none && !options.wantsRESP2 else { return true }
        guard let reply = ask(["HELLO", "3"]) else { return false }
        if let error = reply.errorText {
            Streams.warn("HELLO 3 failed: \(error.text)")
            // A style that only prefers RESP3 goes on without it.
            return options.resp3 == .implied
        }
        conversation.speaksRESP3 = true
        return true
    }

    /// One of our own commands and its reply.
    private mutating func ask(_ words: [ByteString]) -> ReplyValue? {
        do throws(ServerConnection.Failure) {
            try connection.send(words)
            return try readReply()
        } catch {
            Streams.warn("\nI/O error")
            connection.close()
            return nil
        }
    }

    // MARK: Commands

    /// Executes a command `repetitions` times (negative: for ever); false when it came to nothing.
    mutating func issue(_ words: [ByteString], repetitions: Int) -> Bool {
        guard let name = words.first?.text.lowercased() else { return true }
        if name == "help" || name == "?" {
            Streams.write(LineEditor.help.text(about: words.dropFirst().map(\.text)))
            return true
        }
        if !connection.isOpen && !connect() && !connection.isOpen { return false }
        do throws(ServerConnection.Failure) {
            try execute(words, repetitions: repetitions)
            return true
        } catch {
            if isShuttingDown {
                connection.close()
                return true
            }
            Streams.warn("Error: \(error.text)")
            connection.close()
            // Another attempt is the user's: the next command connects again.
            if !isInteractive { exit(1) }
            return false
        }
    }

    private mutating func execute(
        _ words: [ByteString], repetitions: Int
    ) throws(ServerConnection.Failure) {
        let traits = CommandTraitsForClient(words)
        isShuttingDown = traits.isShutdown
        if traits.isReplication {
            Streams.warn("Error: rds-cli does not read replication streams")
            if !isInteractive { exit(1) }
            return
        }
        var left = repetitions
        while left != 0 {
            if left > 0 { left -= 1 }
            try connection.send(words)
            if traits.isMonitor {
                try monitor()
                return
            }
            try readReplies(of: words, traits)
            if options.intervalMicroseconds > 0 {
                _ = usleep(useconds_t(options.intervalMicroseconds))
            }
        }
    }

    /// Reads the reply of a command; for SUBSCRIBE one for every channel.
    private mutating func readReplies(
        of words: [ByteString], _ traits: CommandTraitsForClient
    ) throws(ServerConnection.Failure) {
        let isSubscription = traits.isSubscribe || traits.isUnsubscribe
        var confirmations = isSubscription ? max(words.count - 1, 1) : 0
        if isSubscription { pushes = .deliver }
        while true {
            let reply = try readReply()
            show(reply, isReport: traits.answersReport)
            if conversation.isSubscribed || confirmations > 0 {
                if conversation.isSubscriptionMessage(reply) {
                    guard confirmations > 0, confirms(reply, words) else { continue }
                    if traits.isSubscribe { conversation.enterSubscription() }
                    confirmations -= 1
                    if confirmations > 0 { continue }
                } else if reply.isPush {
                    continue
                }
            }
            if conversation.note(words, answeredBy: reply) { _ = selectDatabase() }
            if !conversation.isSubscribed { pushes = usualPushes }
            return
        }
    }

    private func confirms(_ reply: ReplyValue, _ words: [ByteString]) -> Bool {
        guard let kind = reply.elements?.first?.bytes, let name = words.first else { return false }
        return kind.text.lowercased() == name.text.lowercased()
    }

    /// The next reply, past messages that came in between.
    private mutating func readReply() throws(ServerConnection.Failure) -> ReplyValue {
        while true {
            let reply = try connection.nextReply()
            guard reply.isPush else { return reply }
            switch pushes {
            case .deliver: return reply
            case .drop: continue
            case .print: Streams.write(text.bytes(ofPush: reply))
            }
        }
    }

    /// Prints a reply; an error may end the program by the option -e.
    private func show(_ reply: ReplyValue, isReport: Bool = false) {
        if let error = reply.errorText, options.failsOnErrorReply, !isInteractive {
            Streams.warn(error)
            exit(1)
        }
        Streams.write(text.bytes(of: reply, isReport: isReport))
    }

    // MARK: Streams of messages

    /// Shows what MONITOR sends, until Ctrl-C.
    private mutating func monitor() throws(ServerConnection.Failure) {
        let first = try readReply()
        show(first)
        if first.errorText != nil { return }
        guard isInteractive else {
            while true { show(try readReply()) }
        }
        let interrupts = Interrupts()
        while true {
            switch try connection.nextArrival(watchesInput: false, interrupts) {
            case .reply(let reply): show(reply)
            case .interrupted, .keyPressed:
                _ = connect()
                return
            }
        }
    }

    /// Shows messages for ever: what a subscription given on the command line is for.
    mutating func showMessages() throws(ServerConnection.Failure) {
        while conversation.isSubscribed { show(try readReply()) }
    }

    /// Shows messages until a key is pressed, or until Ctrl-C ends the subscription.
    mutating func showMessagesUntilKey() {
        let showsNotice =
            text.style != .raw
            && (isatty(STDOUT_FILENO) != 0 || Streams.environment("FAKETTY") != nil)
        let usesColor = showsNotice && Terminal.hasColor
        let before = Terminal.readKeysAtOnce()
        let interrupts = Interrupts()
        defer { Terminal.restore(before) }
        do throws(ServerConnection.Failure) {
            while conversation.isSubscribed {
                while let reply = try connection.arrivedReply() { show(reply) }
                if showsNotice {
                    let notice =
                        "Reading messages... (press Ctrl-C to quit or any key to type command)\r"
                    Streams.write(usesColor ? "\u{1b}[1;90m\(notice)\u{1b}[0m" : notice)
                }
                let arrival = try connection.nextArrival(watchesInput: true, interrupts)
                if showsNotice { Streams.write("\u{1b}[K") }
                switch arrival {
                case .reply(let reply):
                    show(reply)
                case .interrupted:
                    conversation.leaveSubscription()
                    if !connect() { exit(1) }
                    return
                case .keyPressed:
                    return
                }
            }
        } catch {
            Streams.warn("Error: \(error.text)")
            exit(1)
        }
    }
}
