import Bytes

/// Reading the command line: options up to the first word that is none, then the command.
extension ClientOptions {
    /// What the words after the program's name ask for.
    public static func parse(_ words: [ByteString]) -> Outcome {
        var options = ClientOptions()
        var index = 0
        while index < words.count {
            let word = words[index].text
            guard word.hasPrefix("-") else { break }
            if options.take(flag: word) {
                index += 1
                continue
            }
            switch word {
            case "--help", "-?": return .showUsage
            case "-v", "--version": return .showVersion
            case "-h" where index + 1 == words.count: return .showUsage
            default: break
            }
            guard index + 1 < words.count else { return .failure(unrecognized(word)) }
            do throws(OptionFailure) {
                guard try options.take(option: word, value: words[index + 1]) else {
                    return .failure(unrecognized(word))
                }
            } catch {
                return .failure(error.text)
            }
            index += 2
        }
        options.arguments = Array(words[index...])
        if options.wantsRESP2 && options.resp3 == .explicit {
            return .failure("Options -2 and -3 are mutually exclusive.")
        }
        if options.sawLastArgument && options.sawPlacedArgument {
            return .failure("Options -x and -X are mutually exclusive.")
        }
        return .run(options)
    }

    private struct OptionFailure: Error {
        var text: String
    }

    private static func unrecognized(_ word: String) -> String {
        "Unrecognized option or bad number of args for: '\(word)'"
    }

    /// Takes an option that stands by itself.
    private mutating func take(flag word: String) -> Bool {
        switch word {
        case "-x":
            sawLastArgument = true
            standardInput = .lastArgument
        case "--askpass": asksPassword = true
        case "--no-auth-warning": hidesPasswordWarning = true
        case "--raw": style = .raw
        case "--no-raw": style = .standard
        case "--quoted-input": hasQuotedArguments = true
        case "--csv": style = .csv
        case "--json", "--quoted-json":
            style = word == "--json" ? .json : .quotedJSON
            if resp3 == .none { resp3 = .implied }
        case "--pipe": isPipe = true
        case "--verbose": isVerbose = true
        case "-e": failsOnErrorReply = true
        case "-2": wantsRESP2 = true
        case "-3": resp3 = .explicit
        case "-4": family = .version4
        case "-6": family = .version6
        default: return false
        }
        return true
    }

    /// Takes an option with the word after it.
    private mutating func take(
        option word: String, value: ByteString
    ) throws(OptionFailure) -> Bool {
        switch word {
        case "-h": host = value.text
        case "-p": port = try Self.checkedPort(Self.leadingNumber(value))
        case "-s": socketPath = value.text
        case "-r": repetitions = Self.leadingNumber(value)
        case "-i", "-t":
            guard let seconds = Double(value.text), seconds >= 0, seconds < 1e9 else {
                if word == "-t" { throw OptionFailure(text: "Invalid connection timeout for -t.") }
                intervalMicroseconds = 0
                break
            }
            if word == "-i" {
                intervalMicroseconds = Int(seconds * 1_000_000)
            } else {
                connectTimeoutMilliseconds = Int(seconds * 1000)
            }
        case "-n": database = Self.leadingNumber(value)
        case "-a", "--pass": password = value
        case "--user": user = value
        case "-u": try take(uri: value)
        case "-X":
            sawPlacedArgument = true
            standardInput = .inPlaceOf(value)
        case "-d": elementDelimiter = value
        case "-D": replyDelimiter = value
        case "--pipe-timeout": pipeTimeoutSeconds = Self.leadingNumber(value)
        case "--eval": evaluatedFile = value.text
        case "--show-pushes":
            let answer = value.text.lowercased()
            guard answer.hasPrefix("y") || answer.hasPrefix("n") else {
                throw OptionFailure(
                    text: "Unknown --show-pushes value '\(value.text)' "
                        + "(valid: '[y]es', '[n]o')")
            }
            showsPushes = answer.hasPrefix("y")
        default: return false
        }
        return true
    }

    private mutating func take(uri: ByteString) throws(OptionFailure) {
        let parts: ServerURI
        do throws(ServerURI.Failure) {
            parts = try ServerURI(uri)
        } catch {
            throw OptionFailure(text: error.text)
        }
        if let user = parts.user { self.user = user }
        if let password = parts.password { self.password = password }
        if let host = parts.host { self.host = host }
        if let port = parts.port { self.port = try Self.checkedPort(port) }
        if let database = parts.database { self.database = database }
    }

    private static func checkedPort(_ port: Int) throws(OptionFailure) -> Int {
        guard (0...65_535).contains(port) else {
            throw OptionFailure(text: "Invalid server port.")
        }
        return port
    }
}
