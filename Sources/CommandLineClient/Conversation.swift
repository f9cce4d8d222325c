import Bytes
import Protocol

/// What a connection has been told so far, as far as the prompt and the reading of replies go by it.
///
/// Pure: the program sends and reads, and tells it what was sent and what came back.
public struct Conversation: Sendable {
    /// The database that the user wants; a new connection selects it.
    public var wantedDatabase = 0
    /// The database that the connection has selected.
    public var database = 0
    /// Between MULTI and EXEC.
    public private(set) var isInTransaction = false
    /// Subscribed: messages come by themselves.
    public private(set) var isSubscribed = false
    /// The connection speaks RESP3.
    public var speaksRESP3 = false
    private var databaseBeforeTransaction = 0

    /// The state before the first command.
    public init() {}

    /// A new connection begins.
    public mutating func beginConnection() {
        database = 0
        isInTransaction = false
        isSubscribed = false
        speaksRESP3 = false
    }

    /// The subscription is given up together with its connection.
    public mutating func leaveSubscription() { isSubscribed = false }

    /// SUBSCRIBE was confirmed.
    public mutating func enterSubscription() { isSubscribed = true }

    /// The prompt for a server at `address`.
    public func prompt(address: String) -> String {
        var text = address
        if database != 0 { text += "[\(database)]" }
        if isInTransaction { text += "(TX)" }
        if isSubscribed { text += "(subscribed mode)" }
        return text + "> "
    }

    /// Takes note of the reply to a command; answers whether the wanted database must be selected.
    public mutating func note(_ words: [ByteString], answeredBy reply: ReplyValue) -> Bool {
        guard let name = words.first?.text.lowercased() else { return false }
        let isError = reply.errorText != nil
        switch name {
        case "select" where words.count == 2 && !isError:
            database = ClientOptions.leadingNumber(words[1])
            wantedDatabase = database
        case "auth" where words.count == 2 || words.count == 3:
            return wantedDatabase != database
        case "multi" where words.count == 1 && !isError:
            isInTransaction = true
            databaseBeforeTransaction = database
        case "exec" where words.count == 1 && isInTransaction:
            isInTransaction = false
            if isError || reply == .null { restoreDatabase() }
        case "discard" where words.count == 1 && !isError:
            isInTransaction = false
            restoreDatabase()
        case "reset" where words.count == 1 && !isError:
            beginConnection()
            wantedDatabase = 0
        case "hello":
            if case .map = reply { speaksRESP3 = true }
            if case .array = reply { speaksRESP3 = false }
        default:
            break
        }
        return false
    }

    private mutating func restoreDatabase() {
        database = databaseBeforeTransaction
        wantedDatabase = database
    }

    /// Whether a reply is a message or a confirmation of a subscription.
    public func isSubscriptionMessage(_ reply: ReplyValue) -> Bool {
        let elements: [ReplyValue]
        switch reply {
        case .push(let inner) where speaksRESP3: elements = inner
        case .array(let inner) where !speaksRESP3: elements = inner
        default: return false
        }
        guard elements.count >= 3, case .bulk(let kind) = elements[0] else { return false }
        let text = kind.text
        return text.hasSuffix("message") || text.hasSuffix("subscribe")
    }
}

/// What a command means to the one who reads its replies.
public struct CommandTraitsForClient: Equatable, Sendable {
    /// The reply is a text to be read, printed as it is.
    public var answersReport = false
    /// The server ends.
    public var isShutdown = false
    /// Replies come without end.
    public var isMonitor = false
    /// SUBSCRIBE and its like: one confirmation for each channel.
    public var isSubscribe = false
    /// UNSUBSCRIBE and its like.
    public var isUnsubscribe = false
    /// The replies are a replication stream, which this program does not read.
    public var isReplication = false

    /// The traits of a command.
    public init(_ words: [ByteString]) {
        let lowered = words.prefix(3).map { $0.text.lowercased() }
        let name = lowered.first ?? ""
        let first = lowered.count > 1 ? lowered[1] : ""
        let count = words.count
        switch name {
        case "info", "lolwut": answersReport = true
        case "debug":
            answersReport =
                first == "htstats" || first == "htstats-key" || first == "client-eviction"
        case "memory": answersReport = first == "malloc-stats" || first == "doctor"
        case "cluster": answersReport = count == 2 && (first == "nodes" || first == "info")
        case "client": answersReport = first == "list" || first == "info"
        case "latency":
            answersReport = (count == 3 && first == "graph") || (count == 2 && first == "doctor")
        case "proxy": answersReport = first == "info"
        case "shutdown": isShutdown = true
        case "monitor": isMonitor = true
        case "subscribe", "psubscribe", "ssubscribe": isSubscribe = true
        case "unsubscribe", "punsubscribe", "sunsubscribe": isUnsubscribe = true
        case "sync", "psync": isReplication = true
        default: break
        }
    }
}
