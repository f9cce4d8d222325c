import Bytes
import CommandCatalog
import Protocol

/// COMMAND and its subcommands, for every program that has a command table.
///
/// All answers are read off the rows. Redis lists commands in the order of a hash table, so any
/// order is right; ours is the order of the rows.
public enum CommandCommand {
    /// Runs COMMAND or the subcommand of it that `id` names; anything else is not answered.
    public static func run(
        _ id: CommandID, _ request: borrowing Request, _ table: CommandTable,
        _ reply: inout ReplyWriter
    ) {
        switch id {
        case .command: all(table, &reply)
        case .commandCount: reply.integer(table.commands.count)
        case .commandInfo: info(request, table, &reply)
        case .commandDocs: docs(request, table, &reply)
        case .commandList: list(request, table, &reply)
        case .commandGetkeys: getKeys(request, table, withFlags: false, &reply)
        case .commandGetkeysandflags: getKeys(request, table, withFlags: true, &reply)
        case .commandHelp: help(&reply)
        default: return
        }
    }

    private static func all(_ table: CommandTable, _ reply: inout ReplyWriter) {
        let commands = table.commands
        reply.array(count: commands.count)
        for id in commands { CommandDetails.info(id, table, &reply) }
    }

    private static func info(
        _ request: borrowing Request, _ table: CommandTable, _ reply: inout ReplyWriter
    ) {
        guard request.count > 2 else { return all(table, &reply) }
        reply.array(count: request.count - 2)
        for index in 2..<request.count {
            if let id = table.find(fullName: request[index]) {
                CommandDetails.info(id, table, &reply)
            } else {
                reply.null()
            }
        }
    }

    private static func docs(
        _ request: borrowing Request, _ table: CommandTable, _ reply: inout ReplyWriter
    ) {
        var commands: [CommandID] = []
        if request.count == 2 {
            commands = table.commands
        } else {
            for index in 2..<request.count {
                if let id = table.find(fullName: request[index]) { commands.append(id) }
            }
        }
        reply.map(count: commands.count)
        for id in commands { CommandDetails.docs(id, table, &reply) }
    }

    /// COMMAND LIST [FILTERBY MODULE name | ACLCAT category | PATTERN pattern].
    private static func list(
        _ request: borrowing Request, _ table: CommandTable, _ reply: inout ReplyWriter
    ) {
        enum Filter {
            case everything
            case nothing
            case category(AccessCategories)
            case pattern(ByteString)
        }
        var filter = Filter.everything
        if request.count > 2 {
            guard request.count == 5, request[2].equalsIgnoringCase("filterby") else {
                return reply.error("ERR syntax error")
            }
            let kind = request[3]
            if kind.equalsIgnoringCase("module") {
                // There are no modules: nothing belongs to one.
                filter = .nothing
            } else if kind.equalsIgnoringCase("aclcat") {
                filter = .nothing
                for (category, word) in AccessCategories.names
                where request[4].equalsIgnoringCase(word) {
                    filter = .category(category)
                }
            } else if kind.equalsIgnoringCase("pattern") {
                filter = .pattern(request.owned(4))
            } else {
                return reply.error("ERR syntax error")
            }
        }
        var names: [String] = []
        for id in CommandID.allCases where table.serves(id) {
            let name = table.fullName(id)
            switch filter {
            case .everything:
                names.append(name)
            case .nothing:
                break
            case .category(let category):
                if table.traits(id).categories.contains(category) { names.append(name) }
            case .pattern(let pattern):
                let bytes = Array(name.utf8)
                if GlobPattern.matches(pattern.bytes.span, bytes.span, ignoringCase: true) {
                    names.append(name)
                }
            }
        }
        reply.array(count: names.count)
        for name in names { reply.bulk(text: name) }
    }

    /// COMMAND GETKEYS and GETKEYSANDFLAGS: the keys of the call that follows.
    private static func getKeys(
        _ request: borrowing Request, _ table: CommandTable, withFlags: Bool,
        _ reply: inout ReplyWriter
    ) {
        var found = table.find(request[2])
        if let container = found, request.count > 3, table.traits(container).isContainer {
            found = table.findSubcommand(of: container, request[3])
        }
        guard let id = found else { return reply.error("ERR Invalid command specified") }
        guard table.takesKeys(id) else {
            return reply.error("ERR The command has no key arguments")
        }
        let traits = table.traits(id)
        guard traits.accepts(argumentCount: request.count - 2) else {
            return reply.error("ERR Invalid number of arguments specified for command")
        }
        let tail = RequestTail(request, from: 2)
        let keys = table.keys(of: id, in: tail)
        if keys.isEmpty && !traits.flags.contains(.noMandatoryKeys) {
            return reply.error("ERR Invalid arguments specified for command")
        }
        reply.array(count: keys.count)
        for key in keys {
            if withFlags { reply.array(count: 2) }
            reply.bulk(request[key.index + 2])
            if withFlags { CommandDetails.words(of: key.flags, &reply) }
        }
    }

    private static func help(_ reply: inout ReplyWriter) {
        reply.array(count: helpLines.count)
        for line in helpLines { reply.simple(line) }
    }

    private static let helpLines: [StaticString] = [
        "COMMAND <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "(no subcommand)",
        "    Return details about all Redis commands.",
        "COUNT",
        "    Return the total number of commands in this Redis server.",
        "LIST",
        "    Return a list of all commands in this Redis server.",
        "INFO [<command-name> ...]",
        "    Return details about multiple Redis commands.",
        "    If no command names are given, documentation details for all",
        "    commands are returned.",
        "DOCS [<command-name> ...]",
        "    Return documentation details about multiple Redis commands.",
        "    If no command names are given, documentation details for all",
        "    commands are returned.",
        "GETKEYS <full-command>",
        "    Return the keys from a full Redis command.",
        "GETKEYSANDFLAGS <full-command>",
        "    Return the keys and the access flags from a full Redis command.",
        "HELP",
        "    Print this help.",
    ]
}
