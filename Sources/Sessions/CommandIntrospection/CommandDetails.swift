import Bytes
import CommandCatalog
import Protocol

/// One command in the replies of COMMAND INFO and COMMAND DOCS.
enum CommandDetails {
    /// The ten elements of COMMAND INFO.
    static func info(_ id: CommandID, _ table: CommandTable, _ reply: inout ReplyWriter) {
        let traits = table.traits(id)
        let description = table.description(id)
        reply.array(count: 10)
        reply.bulk(text: description.fullName)
        reply.integer(Int(traits.arity))
        let flags = CommandFlags.shown.filter { traits.flags.contains($0.flag) }
        reply.set(count: flags.count)
        for flag in flags { reply.simple(flag.word) }
        reply.integer(Int(traits.firstKey))
        reply.integer(Int(traits.lastKey))
        reply.integer(Int(traits.keyStep))
        let categories = AccessCategories.names.filter { traits.categories.contains($0.category) }
        reply.set(count: categories.count)
        for category in categories { reply.simple(text: "@\(category.word)") }
        reply.set(count: description.tips.count)
        for tip in description.tips { reply.bulk(text: tip) }
        reply.set(count: description.keys.count)
        for key in description.keys { specification(key, &reply) }
        let subcommands = table.subcommands(of: id)
        if traits.isContainer { reply.array(count: subcommands.count) } else { reply.set(count: 0) }
        for subcommand in subcommands { info(subcommand, table, &reply) }
    }

    /// What happens to a key, as words.
    static func words(of flags: KeyFlags, _ reply: inout ReplyWriter) {
        let words = KeyFlags.words.filter { flags.contains($0.flag) }
        reply.set(count: words.count)
        for word in words { reply.simple(word.word) }
    }

    private static func specification(_ key: KeySpecification, _ reply: inout ReplyWriter) {
        reply.map(count: key.note.isEmpty ? 3 : 4)
        if !key.note.isEmpty {
            reply.bulk("notes")
            reply.bulk(text: key.note)
        }
        reply.bulk("flags")
        words(of: key.flags, &reply)

        reply.bulk("begin_search")
        switch key.begin {
        case .index(let index):
            head("index", count: 1, &reply)
            pair("index", index, &reply)
        case .keyword(let keyword, let startFrom):
            head("keyword", count: 2, &reply)
            reply.bulk("keyword")
            reply.bulk(text: keyword)
            pair("startfrom", startFrom, &reply)
        case .unknown:
            head("unknown", count: 0, &reply)
        }

        reply.bulk("find_keys")
        switch key.find {
        case .range(let last, let step, let limit):
            head("range", count: 3, &reply)
            pair("lastkey", last, &reply)
            pair("keystep", step, &reply)
            pair("limit", limit, &reply)
        case .counted(let numberIndex, let firstKey, let step):
            head("keynum", count: 3, &reply)
            pair("keynumidx", numberIndex, &reply)
            pair("firstkey", firstKey, &reply)
            pair("keystep", step, &reply)
        case .unknown:
            head("unknown", count: 0, &reply)
        }
    }

    /// The type of a search and the head of the map that tells its numbers.
    private static func head(_ kind: StaticString, count: Int, _ reply: inout ReplyWriter) {
        reply.map(count: 2)
        reply.bulk("type")
        reply.bulk(kind)
        reply.bulk("spec")
        reply.map(count: count)
    }

    private static func pair(_ name: StaticString, _ value: Int, _ reply: inout ReplyWriter) {
        reply.bulk(name)
        reply.integer(value)
    }

    private static func pair(_ name: StaticString, _ value: String, _ reply: inout ReplyWriter) {
        reply.bulk(name)
        reply.bulk(text: value)
    }

    /// The full name and the map of COMMAND DOCS.
    static func docs(_ id: CommandID, _ table: CommandTable, _ reply: inout ReplyWriter) {
        let description = table.description(id)
        let isDeprecated = !description.deprecatedSince.isEmpty
        let subcommands = table.subcommands(of: id)
        reply.bulk(text: description.fullName)

        var count = 3
        if !description.complexity.isEmpty { count += 1 }
        if isDeprecated || description.isSystem { count += 1 }
        if isDeprecated { count += 1 }
        if !description.replacedBy.isEmpty { count += 1 }
        if !description.arguments.isEmpty { count += 1 }
        if table.traits(id).isContainer { count += 1 }
        reply.map(count: count)

        pair("summary", description.summary, &reply)
        pair("since", description.since, &reply)
        pair("group", description.group, &reply)
        if !description.complexity.isEmpty { pair("complexity", description.complexity, &reply) }
        if isDeprecated || description.isSystem {
            reply.bulk("doc_flags")
            reply.set(count: (isDeprecated ? 1 : 0) + (description.isSystem ? 1 : 0))
            if isDeprecated { reply.simple("deprecated") }
            if description.isSystem { reply.simple("syscmd") }
        }
        if isDeprecated { pair("deprecated_since", description.deprecatedSince, &reply) }
        if !description.replacedBy.isEmpty { pair("replaced_by", description.replacedBy, &reply) }
        if !description.arguments.isEmpty {
            reply.bulk("arguments")
            arguments(description.arguments, &reply)
        }
        if table.traits(id).isContainer {
            reply.bulk("subcommands")
            reply.map(count: subcommands.count)
            for subcommand in subcommands { docs(subcommand, table, &reply) }
        }
    }

    private static func arguments(_ list: [ArgumentSyntax], _ reply: inout ReplyWriter) {
        reply.array(count: list.count)
        for argument in list {
            let holds = argument.kind == .oneOf || argument.kind == .block
            let flags: [StaticString] =
                (argument.isOptional ? ["optional"] : [])
                + (argument.isMultiple ? ["multiple"] : [])
                + (argument.repeatsToken ? ["multiple_token"] : [])
            var count = 3
            if argument.keyIndex != nil { count += 1 }
            if !argument.token.isEmpty { count += 1 }
            if !argument.since.isEmpty { count += 1 }
            if !argument.deprecatedSince.isEmpty { count += 1 }
            if !flags.isEmpty { count += 1 }
            reply.map(count: count)
            pair("name", argument.name, &reply)
            pair("type", argument.kind.rawValue, &reply)
            if !holds {
                let display = argument.displayText
                pair("display_text", display.isEmpty ? argument.name : display, &reply)
            }
            if let index = argument.keyIndex { pair("key_spec_index", index, &reply) }
            if !argument.token.isEmpty {
                // MIGRATE's empty key: rows and people write it as two quotes.
                pair("token", argument.token == "\"\"" ? "" : argument.token, &reply)
            }
            if !argument.since.isEmpty { pair("since", argument.since, &reply) }
            if !argument.deprecatedSince.isEmpty {
                pair("deprecated_since", argument.deprecatedSince, &reply)
            }
            if !flags.isEmpty {
                reply.bulk("flags")
                reply.set(count: flags.count)
                for flag in flags { reply.simple(flag) }
            }
            if holds {
                reply.bulk("arguments")
                self.arguments(argument.arguments, &reply)
            }
        }
    }
}
