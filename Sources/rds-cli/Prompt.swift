import Bytes
import CommandLineClient
import Glibc

/// The interactive mode: lines from the terminal, or one command a line from a pipe.
struct Prompt: ~Copyable {
    private var history: History?
    private var input = InputLines()
    /// The terminal's; nil when lines come from elsewhere.
    private var editor: LineEditor?

    /// Prepares the terminal and reads the history and the settings.
    init() {
        editor = Terminal.isInput ? LineEditor() : nil
        guard Terminal.isInput else { return }
        let history = History()
        for line in history.lines { editor?.remember(line) }
        self.history = history
        if let path = DotFile.path(variable: "REDISCLI_RCFILE", name: ".redisclirc"),
            let content = DotFile.content(of: path)
        {
            for line in content.split(separator: 0x0a) {
                let bytes = Array(line)
                if let words = QuotedWords.split(bytes.span), !words.isEmpty {
                    set(words, prefix: ".redisclirc: ")
                }
            }
        }
    }

    /// Reads and executes lines until their end, `quit` or `exit`.
    mutating func run(_ client: inout Client) {
        client.isInteractive = true
        _ = client.connect()
        while true {
            let prompt = client.connection.isOpen ? client.prompt : "not connected> "
            guard let line = readLine(prompt) else {
                // Ctrl-D while subscribed ends the subscription.
                if client.conversation.isSubscribed {
                    client.conversation.leaveSubscription()
                    if client.connect() { continue }
                }
                if Terminal.isInput { Streams.write("\n") }
                return
            }
            if !line.isEmpty && !execute(line, &client) { return }
            if client.conversation.isSubscribed { client.showMessagesUntilKey() }
        }
    }

    private mutating func readLine(_ prompt: String) -> [UInt8]? {
        editor == nil ? input.next() : editor?.readLine(prompt: prompt)
    }

    /// Keeps a line for the arrow keys, now and later.
    private mutating func keep(_ line: [UInt8]) {
        editor?.remember(line)
        history?.add(line)
    }

    /// Executes a line; false when it ends the program.
    private mutating func execute(_ line: [UInt8], _ client: inout Client) -> Bool {
        guard var words = QuotedWords.split(line.span) else {
            Streams.write("Invalid argument(s)\n")
            keep(line)
            return true
        }
        guard let first = words.first?.text else { return true }
        var repetitions = 1
        let isNumber = !first.isEmpty && ByteString(first) == ByteString(first.filter(\.isNumber))
        let isNegative = first.hasPrefix("-") && Int(first) != nil
        if words.count > 1 && (isNumber || isNegative) {
            guard let number = Int(first), number > 0 else {
                Streams.write("Invalid rds-cli repeat command option value.\n")
                return true
            }
            repetitions = number
            words.removeFirst()
        }
        if !SensitiveCommand.holdsSecret(words) { keep(line) }
        switch first.lowercased() {
        case "quit", "exit":
            return false
        case "restart":
            Streams.write("Use 'restart' only in Lua debugging mode.\n")
        case "connect" where words.count == 3:
            client.host = words[1].text
            client.port = ClientOptions.leadingNumber(words[2])
            _ = client.connect()
        case "clear" where words.count == 1:
            Streams.write("\u{1b}[H\u{1b}[2J")
        default:
            if first.hasPrefix(":") {
                set(words, prefix: "")
            } else {
                let start = Self.milliseconds
                _ = client.issue(words, repetitions: repetitions)
                let elapsed = Self.milliseconds - start
                if elapsed >= 500 && client.text.style == .standard {
                    let hundredths = (elapsed + 5) / 10
                    let rest = hundredths % 100
                    Streams.write("(\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)s)\n")
                }
            }
        }
        return true
    }

    /// A line that begins with a colon speaks to rds-cli itself.
    private mutating func set(_ words: [ByteString], prefix: String) {
        let name = words[0].text
        guard name.lowercased() == ":set", words.count > 1 else {
            return Streams.write("\(prefix)unknown rds-cli internal command '\(name)'\n")
        }
        let setting = words[1].text
        switch setting.lowercased() {
        case "hints": editor?.hasHints = true
        case "nohints": editor?.hasHints = false
        default: Streams.write("\(prefix)unknown rds-cli preference '\(setting)'\n")
        }
    }

    private static var milliseconds: Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}

/// Lines of standard input when it is no terminal.
private struct InputLines {
    private var unread: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    /// The next line without its end; nil when there is none.
    mutating func next() -> [UInt8]? {
        while true {
            if let end = unread[position...].firstIndex(of: 0x0a) {
                let line = Array(unread[position..<end])
                position = end + 1
                return line
            }
            if isAtEnd {
                guard position < unread.count else { return nil }
                let line = Array(unread[position...])
                position = unread.count
                return line
            }
            unread.removeFirst(position)
            position = 0
            let chunk = Streams.readInput() ?? []
            isAtEnd = chunk.isEmpty
            unread += chunk
        }
    }
}
