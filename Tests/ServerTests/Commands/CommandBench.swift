import Bytes
import Determinism
import Protocol
import Server
import Storage
import Testing

/// A keyspace and a clock, and the commands of Server/Commands by name: a line in, bytes out.
struct CommandBench: ~Copyable {
    var keyspace = Keyspace(databaseCount: 4, hashSeed: (1, 2))
    var now = UnixTime(milliseconds: 1_700_000_000_000)
    var settings = CommandSettings(longestString: 1000)
    var version = ProtocolVersion.resp2
    var selected = 0
    var random = RandomSource(seed: 7)
    var lastEffect = DebugEffect.none

    /// Runs a command whose words stand between blanks; `\0` in a word is a zero byte.
    mutating func run(_ line: String) -> String {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        return run(
            words.map { ByteString($0 == "''" ? "" : $0.replacing("\\0", with: "\0")) })
    }

    mutating func run(_ arguments: [ByteString]) -> String {
        var reply = ReplyWriter(version: version)
        OwnedRequest(arguments).withRequest(at: now) { request in
            dispatch(request, &reply)
        }
        return reply.output.unsent.text.replacing("\r\n", with: " ").trimmingLast()
    }

    /// The commands that the last one is propagated as; nil when it is propagated verbatim.
    mutating func takePropagation() -> [String]? {
        defer { keyspace[selected].changes.propagation = .verbatim }
        return switch keyspace[selected].changes.propagation {
        case .verbatim: nil
        case .nothing: []
        case .instead(let commands):
            commands.map { $0.map(\.text).joined(separator: " ") }
        }
    }

    /// Events of all databases as `name key` or, from another database, `name key @n`.
    mutating func takeEvents() -> [String] {
        var events: [String] = []
        for index in 0..<keyspace.databaseCount {
            for event in keyspace[index].changes.events {
                let database = event.otherDatabase ?? index
                events.append(
                    "\(event.name) \(event.key)" + (database == selected ? "" : " @\(database)"))
            }
            keyspace[index].changes.events = []
        }
        return events
    }

    mutating func takeDirty() -> Int {
        defer { keyspace[selected].changes.dirty = 0 }
        return keyspace[selected].changes.dirty
    }

    private mutating func dispatch(_ request: borrowing Request, _ reply: inout ReplyWriter) {
        let name = request[0].text.lowercased()
        switch name {
        case "get": StringCommands.get(request, &keyspace[selected], &reply)
        case "set": StringCommands.set(request, &keyspace[selected], &reply)
        case "setnx": StringCommands.setnx(request, &keyspace[selected], &reply)
        case "setex": StringCommands.setex(request, &keyspace[selected], &reply)
        case "psetex": StringCommands.psetex(request, &keyspace[selected], &reply)
        case "mset": StringCommands.mset(request, &keyspace[selected], &reply)
        case "msetnx": StringCommands.msetnx(request, &keyspace[selected], &reply)
        case "mget": StringCommands.mget(request, &keyspace[selected], &reply)
        case "getset": StringCommands.getset(request, &keyspace[selected], &reply)
        case "getdel": StringCommands.getdel(request, &keyspace[selected], &reply)
        case "getex": StringCommands.getex(request, &keyspace[selected], settings, &reply)
        case "strlen": StringCommands.strlen(request, &keyspace[selected], &reply)
        case "getrange", "substr":
            StringCommands.getrange(request, &keyspace[selected], &reply)
        case "append": StringCommands.append(request, &keyspace[selected], settings, &reply)
        case "setrange": StringCommands.setrange(request, &keyspace[selected], settings, &reply)
        case "incr": StringCommands.incr(request, &keyspace[selected], &reply)
        case "decr": StringCommands.decr(request, &keyspace[selected], &reply)
        case "incrby": StringCommands.incrby(request, &keyspace[selected], &reply)
        case "decrby": StringCommands.decrby(request, &keyspace[selected], &reply)
        case "incrbyfloat": StringCommands.incrbyfloat(request, &keyspace[selected], &reply)
        case "lcs": StringCommands.lcs(request, &keyspace[selected], settings, &reply)
        case "del", "unlink": KeyCommands.del(request, &keyspace[selected], &reply)
        case "exists": KeyCommands.exists(request, &keyspace[selected], &reply)
        case "touch": KeyCommands.touch(request, &keyspace[selected], &reply)
        case "type": KeyCommands.type(request, &keyspace[selected], &reply)
        case "randomkey":
            KeyCommands.randomkey(request, &keyspace[selected], &random, &reply)
        case "rename": KeyCommands.rename(request, &keyspace[selected], &reply)
        case "renamenx": KeyCommands.renamenx(request, &keyspace[selected], &reply)
        case "move": KeyCommands.move(request, &keyspace, from: selected, &reply)
        case "copy": KeyCommands.copy(request, &keyspace, from: selected, &reply)
        case "expire": ExpiryCommands.expire(request, &keyspace[selected], settings, &reply)
        case "pexpire": ExpiryCommands.pexpire(request, &keyspace[selected], settings, &reply)
        case "expireat": ExpiryCommands.expireat(request, &keyspace[selected], settings, &reply)
        case "pexpireat":
            ExpiryCommands.pexpireat(request, &keyspace[selected], settings, &reply)
        case "persist": ExpiryCommands.persist(request, &keyspace[selected], &reply)
        case "ttl": ExpiryCommands.ttl(request, &keyspace[selected], &reply)
        case "pttl": ExpiryCommands.pttl(request, &keyspace[selected], &reply)
        case "expiretime": ExpiryCommands.expiretime(request, &keyspace[selected], &reply)
        case "pexpiretime": ExpiryCommands.pexpiretime(request, &keyspace[selected], &reply)
        case "keys": ScanCommands.keys(request, &keyspace[selected], &reply)
        case "scan": ScanCommands.scan(request, &keyspace[selected], &reply)
        case "object":
            switch request[1].text.lowercased() {
            case "encoding": ObjectCommands.encoding(request, &keyspace[selected], &reply)
            case "refcount": ObjectCommands.refcount(request, &keyspace[selected], &reply)
            case "idletime": ObjectCommands.idletime(request, &keyspace[selected], &reply)
            case "freq": ObjectCommands.freq(request, &keyspace[selected], &reply)
            default: ObjectCommands.help(request, &reply)
            }
        case "time": DatabaseCommands.time(request, &reply)
        case "dbsize": DatabaseCommands.dbsize(&keyspace[selected], &reply)
        case "swapdb": DatabaseCommands.swapdb(request, &keyspace, &reply)
        case "flushdb": _ = DatabaseCommands.flushdb(request, &keyspace[selected], &reply)
        case "flushall":
            _ = DatabaseCommands.flushall(request, &keyspace, from: selected, &reply)
        case "debug":
            lastEffect = DebugCommands.run(request, &keyspace, database: selected, &reply)
        default: reply.error(text: "no command \(name) on the bench")
        }
    }
}

extension String {
    fileprivate func trimmingLast() -> String { hasSuffix(" ") ? String(dropLast()) : self }
}

extension CommandBench {
    /// Runs the lines in order and compares each reply.
    mutating func check(
        _ lines: [(String, String)], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for (line, expected) in lines {
            let reply = run(line)
            #expect(reply == expected, "\(line)", sourceLocation: sourceLocation)
        }
    }
}
