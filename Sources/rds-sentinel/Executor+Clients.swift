// Clients' commands: what sessions share with the server, and what goes to the machine.

import Bytes
import CommandCatalog
import Consensus
import Determinism
import Protocol
import Sessions

extension Executor {
    /// Executes what a session has sent.
    mutating func execute(_ id: SessionID) {
        while sessions.contains(id), !waiting.contains(id),
            !sessions[id].flags.intersects([.closeAfterReply, .closeNow])
        {
            guard let request = nextRequest(id) else { return }
            sessions.beginCommand(id)
            let errorCount = sessions[id].reply.errorCount
            request.withRequest(at: now.unix) { run($0, id) }
            if sessions.contains(id) {
                information.countErrors(sessions[id].reply.errorCount &- errorCount)
            }
            sessions.endCommand(id)
        }
    }

    /// The next whole request, taken out of the input; nil when there is none.
    private mutating func nextRequest(_ id: SessionID) -> OwnedRequest? {
        let limits = RequestLimits(
            isUnauthenticated: !sessions[id].flags.contains(.authenticated))
        while let base = unsafe sessions[id].input.readableAddress, !sessions[id].input.isEmpty {
            arena.removeAll()
            let count = sessions[id].input.count
            let outcome = unsafe sessions[id].parser.parse(
                base, count: count, limits: limits, into: &arena)
            switch outcome {
            case .request(let length, let argumentCount):
                let request = unsafe OwnedRequest(
                    Request(
                        base: base, ranges: arena.address(0), count: argumentCount,
                        now: now.unix))
                sessions[id].input.consume(length)
                return request
            case .inline(let length, let arguments):
                sessions[id].input.consume(length)
                return OwnedRequest(arguments)
            case .nothing(let length): sessions[id].input.consume(length)
            case .incomplete(let missing):
                sessions[id].missingBytes = missing
                return nil
            case .failure(let error):
                sessions[id].reply.error(bytes: Array("ERR Protocol error: ".utf8) + error.text)
                sessions[id].input.removeAll()
                sessions.closeAfterReply(id)
                sessions.markOutput(id)
                return nil
            }
        }
        return nil
    }

    private mutating func run(_ request: borrowing Request, _ id: SessionID) {
        information.countCommand()
        var found = catalog.find(request[0])
        if let container = found, catalog.traits(container).isContainer, request.count > 1,
            !Sentinel.serves(request[0])
        {
            found = catalog.findSubcommand(of: container, request[1])
            if found == nil {
                let text =
                    "ERR unknown subcommand '\(request[1].text.prefix(128))'. "
                    + "Try \(request[0].text.uppercased()) HELP."
                return sessions[id].reply.error(text: text)
            }
        }
        guard let command = found, catalog.serves(command) else {
            return refuseUnknown(request, id)
        }
        guard catalog.traits(command).accepts(argumentCount: request.count) else {
            return sessions[id].reply.error(
                text: "ERR wrong number of arguments for '\(catalog.fullName(command))' command")
        }
        sessions[id].lastCommand = command
        if !sessions[id].flags.contains(.authenticated)
            && !catalog.traits(command).flags.contains(.noAuth)
        {
            return sessions[id].reply.error("NOAUTH Authentication required.")
        }
        if sessions[id].isRestrictedToSubscriptions && !isAllowedWhileSubscribed(command) {
            return sessions[id].reply.error(
                text: "ERR Can't execute '\(catalog.fullName(command))': only (P|S)SUBSCRIBE / "
                    + "(P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context")
        }
        if Sentinel.serves(request[0]) {
            if let refusal = scriptRefusal(request) { return sessions[id].reply.error(refusal) }
            ask(request, id)
        } else {
            dispatch(command, request, id)
        }
    }

    private func isAllowedWhileSubscribed(_ command: CommandID) -> Bool {
        switch command {
        case .ping, .subscribe, .unsubscribe, .psubscribe, .punsubscribe, .ssubscribe,
            .sunsubscribe, .quit, .reset:
            true
        default: false
        }
    }

    private mutating func refuseUnknown(_ request: borrowing Request, _ id: SessionID) {
        var text = Array("ERR unknown command '".utf8)
        text += request.owned(0).bytes.prefix(128)
        text += "', with args beginning with: ".utf8
        var shown = 0
        for index in 1..<max(request.count, 1) where shown < 128 {
            let part = request.owned(index).bytes.prefix(128 - shown)
            text += [0x27] + part + [0x27, 0x20]
            shown += part.count
        }
        sessions[id].reply.error(bytes: text)
    }

    private mutating func dispatch(
        _ command: CommandID, _ request: borrowing Request, _ id: SessionID
    ) {
        switch command {
        case .info: answerInformation(request, id)
        case .shutdown: shutdown(request, id)
        case .command, .commandCount, .commandInfo, .commandDocs, .commandList, .commandGetkeys,
            .commandGetkeysandflags, .commandHelp:
            CommandCommand.run(command, request, catalog, &sessions[id].reply)
        // Other sentinels are clients, too: what they ask is never put off.
        case .clientPause: refuseUnsupported(command, id)
        default:
            let effect = SessionCommands.dispatch(
                command, request, id, &sessions, access: access, at: now.instant)
            if effect == nil { refuseUnsupported(command, id) }
        }
    }

    private mutating func refuseUnsupported(_ command: CommandID, _ id: SessionID) {
        sessions[id].reply.error(
            text: "ERR '\(catalog.fullName(command))' is not supported by this version of rds")
    }

    /// SHUTDOWN [NOSAVE|SAVE] [NOW] [FORCE] [ABORT]: there is nothing to save or to wait for.
    private mutating func shutdown(_ request: borrowing Request, _ id: SessionID) {
        var isAborted = false
        var words: Set<String> = []
        for index in 1..<max(request.count, 1) {
            switch request[index].text.lowercased() {
            case "save", "nosave", "now", "force": words.insert(request[index].text.lowercased())
            case "abort": isAborted = true
            default: return sessions[id].reply.error("ERR syntax error")
            }
        }
        if words.isSuperset(of: ["save", "nosave"]) || (isAborted && !words.isEmpty) {
            return sessions[id].reply.error("ERR syntax error")
        }
        if isAborted { return sessions[id].reply.error("ERR No shutdown in progress.") }
        shutDown("User requested shutdown...")
    }

    // MARK: The machine's commands

    /// Hands a command to the machine; what it answers now is written now.
    private mutating func ask(_ request: borrowing Request, _ id: SessionID) {
        lastRequest += 1
        let number = SentinelRequestID(number: lastRequest)
        requests[number] = id
        feed(.request(number, OwnedRequest(request)))
        // It is answered later; what the client sent after it waits, so that replies keep their order.
        if requests[number] != nil { waiting.insert(id) }
    }

    mutating func answer(_ number: SentinelRequestID, _ reply: SentinelReply) {
        guard let id = requests.removeValue(forKey: number) else { return }
        if waiting.remove(id) != nil { resumed.append(id) }
        guard sessions.contains(id) else { return }
        switch reply {
        case .value(let value): sessions[id].reply.write(value)
        case .nullArray: sessions[id].reply.nullArray()
        }
        sessions.markOutput(id)
    }
}
