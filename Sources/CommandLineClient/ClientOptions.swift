import Bytes

/// What the command line and the environment ask for.
public struct ClientOptions: Sendable {
    /// Host name or address of the server.
    public var host = "127.0.0.1"
    /// Port of the server.
    public var port: Int {
        get { givenPort ?? 6379 }
        set { givenPort = newValue }
    }
    /// The port that was given; nil: none was.
    public private(set) var givenPort: Int?
    /// Path of a socket; it goes before host and port.
    public var socketPath: String?
    /// Which addresses of the host may be used.
    public var family = AddressFamily.any
    /// Who the client is; nil: the default user.
    public var user: ByteString?
    /// The password; nil: none is sent.
    public var password: ByteString?
    /// Ask for the password at the terminal.
    public var asksPassword = false
    /// The database to select.
    public var database = 0
    /// How often a command is executed; negative: for ever.
    public var repetitions = 1
    /// Between two executions, in microseconds.
    public var intervalMicroseconds = 0
    /// Where standard input goes.
    public var standardInput = StandardInput.unused
    /// -2 was given.
    public var wantsRESP2 = false
    /// -3 was given, or a style that needs it.
    public var resp3 = Preference.none
    /// How replies are printed; nil: by whether standard output is a terminal.
    public var style: ReplyStyle?
    /// Arguments are written as quoted strings.
    public var hasQuotedArguments = false
    /// What stands between the elements of a raw reply.
    public var elementDelimiter = ByteString("\n")
    /// What follows a raw reply.
    public var replyDelimiter = ByteString("\n")
    /// An error reply is printed to standard error and ends the program with 1.
    public var failsOnErrorReply = false
    /// Whether messages that nobody asked for are printed; nil: by whether it is a terminal.
    public var showsPushes: Bool?
    /// Standard input is protocol to be transferred.
    public var isPipe = false
    /// Seconds without a reply after which a transfer is given up; 0: never.
    public var pipeTimeoutSeconds = 30
    /// Tell more about what is done.
    public var isVerbose = false
    /// Lua script to evaluate.
    public var evaluatedFile: String?
    /// Do not warn about passwords on the command line.
    public var hidesPasswordWarning = false
    /// How long connecting may take; 0: as long as the system lets it.
    public var connectTimeoutMilliseconds = 0
    var sawLastArgument = false
    var sawPlacedArgument = false
    /// The command and its arguments; empty: interactive.
    public var arguments: [ByteString] = []

    /// Which addresses of a host may be used.
    public enum AddressFamily: Sendable {
        /// Whichever answers.
        case any
        /// IPv4 alone.
        case version4
        /// IPv6 alone.
        case version6
    }

    /// Where standard input goes in a command that is given as arguments.
    public enum StandardInput: Equatable, Sendable {
        /// Nowhere.
        case unused
        /// It is the last argument.
        case lastArgument
        /// It takes the place of the argument that is this word.
        case inPlaceOf(ByteString)
    }

    /// How much something is wanted.
    public enum Preference: Sendable {
        /// Not at all.
        case none
        /// The user asked for it.
        case explicit
        /// Another option prefers it.
        case implied
    }

    /// What else than a session the command line may ask for.
    public enum Outcome: Sendable {
        /// A session.
        case run(ClientOptions)
        /// --help.
        case showUsage
        /// --version.
        case showVersion
        /// Something is wrong: the text to print.
        case failure(String)
    }

    /// No option given.
    public init() {}

    /// The number that a text begins with, as C's atoi reads it; 0 when it begins with none.
    public static func leadingNumber(_ text: ByteString) -> Int {
        var number = 0
        var isNegative = false
        for (index, byte) in text.bytes.enumerated() {
            if index == 0 && (byte == 0x2d || byte == 0x2b) {
                isNegative = byte == 0x2d
                continue
            }
            let digit = Int(byte) - 48
            guard digit >= 0 && digit <= 9, number < 1 << 58 else { break }
            number = number * 10 + digit
        }
        return isNegative ? -number : number
    }
}
