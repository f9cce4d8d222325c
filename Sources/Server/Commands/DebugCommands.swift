import Bytes
import Determinism
import Protocol
import Storage

/// DEBUG: for tests and for looking inside.
///
/// What it does to more than the keys is an effect that
/// the server performs.
public enum DebugCommands {
    /// Answers `DEBUG subcommand [argument ...]`.
    public static func run(
        _ request: borrowing Request, _ keyspace: inout Keyspace, database: Int,
        _ reply: inout ReplyWriter
    ) -> DebugEffect {
        let name = request[1]
        let count = request.count
        if count == 2 {
            if name.equalsIgnoringCase("help") { return help(&reply) }
            if name.equalsIgnoringCase("digest") {
                let digest = DataSetDigest.all(&keyspace, at: request.now)
                reply.simple(text: digest.hexadecimal)
                return .none
            }
            if name.equalsIgnoringCase("change-repl-id") {
                reply.ok()
                return .changeReplicationID
            }
        }
        if count == 3 {
            if name.equalsIgnoringCase("sleep") { return sleep(request, &reply) }
            if name.equalsIgnoringCase("log") {
                reply.ok()
                return .log("DEBUG LOG: \(request.owned(2).text)")
            }
            if name.equalsIgnoringCase("error") {
                reply.error(bytes: request.owned(2).bytes)
                return .none
            }
            if name.equalsIgnoringCase("protocol") { return DebugProtocol.run(request, &reply) }
            if let effect = DebugCommands.switched(name, isOn: number(request[2]) != 0) {
                reply.ok()
                return effect
            }
            if name.equalsIgnoringCase("quicklist-packed-threshold") {
                return quicklistThreshold(request, &reply)
            }
        }
        if name.equalsIgnoringCase("segfault") { return .crash }
        if name.equalsIgnoringCase("reload") { return reload(request, &reply) }
        if name.equalsIgnoringCase("replicate") && count >= 3 {
            var command: [ByteString] = []
            for index in 2..<count { command.append(request.owned(index)) }
            // Only what counts as a change is propagated.
            keyspace[database].changes.dirty += 1
            keyspace[database].changes.propagate(command)
            reply.ok()
            return .none
        }
        if name.equalsIgnoringCase("replybuffer") && count == 4 {
            return replyBuffer(request, &reply)
        }
        if inspect(request, &keyspace, database, &reply) { return .none }
        reply.unknownSubcommand(name, of: "DEBUG")
        return .none
    }

    /// The subcommands that take 0 or 1 and have nothing to say.
    private static func switched(_ name: Span<UInt8>, isOn: Bool) -> DebugEffect? {
        if name.equalsIgnoringCase("set-active-expire") { return .setActiveExpiry(isOn) }
        if name.equalsIgnoringCase("set-skip-checksum-validation") {
            return .setChecksumValidation(!isOn)
        }
        if name.equalsIgnoringCase("pause-cron") { return .pausePeriodicWork(isOn) }
        // There are no scripts and no append log whose behaviour these could change.
        if name.equalsIgnoringCase("set-disable-deny-scripts") { return DebugEffect.none }
        if name.equalsIgnoringCase("aof-flush-sleep") { return DebugEffect.none }
        return nil
    }

    private static func sleep(
        _ request: borrowing Request, _ reply: inout ReplyWriter
    ) -> DebugEffect {
        let seconds = Double(request[2].text) ?? 0
        reply.ok()
        guard seconds > 0 && seconds < 1e9 else { return .none }
        return .sleep(.microseconds(Int64(seconds * 1_000_000)))
    }

    private static func reload(
        _ request: borrowing Request, _ reply: inout ReplyWriter
    ) -> DebugEffect {
        var (saves, empties, merges) = (true, true, false)
        for index in 2..<max(request.count, 2) {
            if request[index].equalsIgnoringCase("merge") {
                merges = true
            } else if request[index].equalsIgnoringCase("noflush") {
                empties = false
            } else if request[index].equalsIgnoringCase("nosave") {
                saves = false
            } else {
                reply.error(
                    "ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.")
                return .none
            }
        }
        return .reload(saves: saves, empties: empties, merges: merges)
    }

    /// Lists come later; the size is checked as if they were here, so that suites can set it.
    private static func quicklistThreshold(
        _ request: borrowing Request, _ reply: inout ReplyWriter
    ) -> DebugEffect {
        var digits = request.owned(2).text.lowercased()
        var unit = 1
        for (suffix, scale) in [
            ("kb", 1 << 10), ("mb", 1 << 20), ("gb", 1 << 30), ("k", 1000), ("m", 1_000_000),
            ("g", 1_000_000_000), ("b", 1),
        ] where digits.hasSuffix(suffix) {
            digits.removeLast(suffix.count)
            unit = scale
            break
        }
        if let size = Int(digits), size >= 0, size <= (1 << 32) / unit, size * unit != 1 << 32 {
            reply.ok()
        } else {
            reply.error("ERR argument must be a memory value bigger than 1 and smaller than 4gb")
        }
        return .none
    }

    /// Reply buffers grow and shrink by their own rule here; the arguments are checked.
    private static func replyBuffer(
        _ request: borrowing Request, _ reply: inout ReplyWriter
    ) -> DebugEffect {
        if request[2].equalsIgnoringCase("peak-reset-time") {
            let isWord =
                request[3].equalsIgnoringCase("never") || request[3].equalsIgnoringCase("reset")
            if !isWord && reply.integerArgument(request, 3) == nil { return .none }
        } else if !request[2].equalsIgnoringCase("resizing") {
            reply.unknownSubcommand(request[1], of: "DEBUG")
            return .none
        }
        reply.ok()
        return .none
    }

    /// A leading number, as C reads switches; zero when there is none.
    private static func number(_ text: Span<UInt8>) -> Int { DecimalText.parse(text) ?? 0 }

    private static func help(_ reply: inout ReplyWriter) -> DebugEffect {
        reply.help(
            "DEBUG",
            [
                "CHANGE-REPL-ID",
                "    Take a new replication ID; replicas must synchronise in full again.",
                "DIGEST",
                "    Print a digest of all keys and values; equal data sets have equal ones.",
                "DIGEST-VALUE <key> [<key> ...]",
                "    Print the digest of each value.",
                "ERROR <string>",
                "    Answer with <string> as an error.",
                "HTSTATS <dbid>",
                "    Tell how the table of a database is filled.",
                "HTSTATS-KEY <key>",
                "    The same for the table inside a value.",
                "LOG <message>",
                "    Write <message> to the log.",
                "OBJECT <key>",
                "    Show how the value of <key> is kept.",
                "PAUSE-CRON <0|1>",
                "    Stop periodic work, or go on with it.",
                "POPULATE <count> [<prefix>] [<size>]",
                "    Make <count> strings named <prefix>:<number> that are missing so far.",
                "PROTOCOL <type>",
                "    Answer with an example of a reply type: string, integer, double, bignum,",
                "    null, array, set, map, attrib, push, verbatim, true, false.",
                "RELOAD [option ...]",
                "    Save the data set and load it again. Options:",
                "    * NOSAVE: load the file that is there.",
                "    * NOFLUSH: keep the keys in memory; the file adds those missing.",
                "    * MERGE: with NOFLUSH, the file's keys replace those in memory.",
                "REPLICATE <argument> [<argument> ...]",
                "    Send a command to the replicas without running it here.",
                "REPLYBUFFER <PEAK-RESET-TIME|RESIZING> <value>",
                "    Accepted for test suites.",
                "SDSLEN <key>",
                "    Show the lengths of a key and its string.",
                "SEGFAULT",
                "    Die by SIGSEGV.",
                "SET-ACTIVE-EXPIRE <0|1>",
                "    Remove expired keys only when they are met, or in the background too.",
                "SET-SKIP-CHECKSUM-VALIDATION <0|1>",
                "    Load snapshots without comparing their checksum.",
                "SLEEP <seconds>",
                "    Stand still; decimals are allowed.",
            ])
        return .none
    }
}
