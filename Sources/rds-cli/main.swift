// rds-cli: one command from the command line, or a prompt.
//
//     main -> ClientOptions.parse -> Client (connects, sends, reads, prints)
//                                    |-- one command:   Client.issue
//                                    |-- no command:    Prompt, lines of a terminal or a pipe
//                                    `-- --pipe:        PipeTransfer
//                                 -> ha ...: GroupCommand (a group as a whole)

import Bytes
import CommandLineClient
import Glibc

private func programArguments() -> [ByteString] {
    var words: [ByteString] = []
    for index in 1..<max(1, Int(CommandLine.argc)) {
        guard let word = unsafe CommandLine.unsafeArgv[index] else { break }
        words.append(unsafe ByteString(Streams.bytes(of: word)))
    }
    return words
}

/// The command of the command line, as its options change it; nil when they do not fit.
private func commandWords(_ options: ClientOptions) -> [ByteString]? {
    var words = options.arguments
    if options.hasQuotedArguments {
        for index in words.indices {
            guard let word = ArgumentQuoting.unquoted(words[index]) else {
                Streams.write("Invalid quoted string\n")
                return nil
            }
            words[index] = word
        }
    }
    switch options.standardInput {
    case .unused:
        break
    case .lastArgument:
        words.append(Streams.readAllOfInput())
    case .inPlaceOf(let tag):
        guard let index = words.firstIndex(of: tag) else {
            Streams.warn("Using -X option but stdin tag not match.")
            return nil
        }
        words[index] = Streams.readAllOfInput()
    }
    return words
}

/// The EVAL of a script's file with its keys, a comma, and its arguments.
private func evaluationWords(_ path: String, _ arguments: [ByteString]) -> [ByteString] {
    guard let script = DotFile.content(of: path) else {
        Streams.warn("Can't open file '\(path)': \(Streams.text(ofError: errno))")
        exit(1)
    }
    var keys = arguments
    var others: [ByteString] = []
    if let comma = arguments.firstIndex(of: ",") {
        keys = Array(arguments[..<comma])
        others = Array(arguments[(comma + 1)...])
    }
    return ["EVAL", ByteString(script), ByteString(String(keys.count))] + keys + others
}

private func run(_ given: ClientOptions) -> Int32 {
    var options = given
    if options.password != nil && !options.hidesPasswordWarning {
        Streams.warn(
            "Warning: Using a password with '-a' or '-u' option on the command line interface "
                + "may not be safe.")
    }
    if options.password == nil { options.password = Streams.environment("REDISCLI_AUTH") }
    if options.asksPassword {
        options.password = Terminal.askPassword("Please input password: ")
    }
    if options.arguments.first == "ha" { return GroupCommand.run(options) }
    var client = Client(options)
    if options.isPipe {
        guard client.connect() else { return 1 }
        var transfer = PipeTransfer()
        return transfer.run(&client)
    }
    if let path = options.evaluatedFile {
        guard client.connect() else { return 1 }
        let words = evaluationWords(path, options.arguments)
        return client.issue(words, repetitions: options.repetitions) ? 0 : 1
    }
    if options.arguments.isEmpty {
        var prompt = Prompt()
        prompt.run(&client)
        return 0
    }
    // If this fails, the command tries once more and says why.
    _ = client.connect(quietly: true)
    guard let words = commandWords(options) else { return 1 }
    let succeeded = client.issue(words, repetitions: options.repetitions)
    do throws(ServerConnection.Failure) {
        try client.showMessages()
    } catch {
        Streams.warn("Error: \(error.text)")
        return 1
    }
    return succeeded ? 0 : 1
}

switch ClientOptions.parse(programArguments()) {
case .run(let options):
    exit(run(options))
case .showUsage:
    Streams.write(Usage.text)
case .showVersion:
    Streams.write("rds-cli \(ClientVersion.text)\n")
case .failure(let text):
    Streams.warn(text)
    exit(1)
}
