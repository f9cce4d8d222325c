import Bytes
import Configuration

/// The process: where it runs, how it is watched, how it ends, and who may do what.
extension ServerDirectives {
    static let process: [ServerDirective] = [
        .boolean("daemonize", \.daemonize, "leave the terminal at start", flags: .immutable),
        .choice(
            "supervised", \.supervised,
            [("upstart", .upstart), ("systemd", .systemd), ("auto", .auto), ("no", .no)],
            "who is told that the server is ready", flags: .immutable,
            check: { value throws(DirectiveError) in
                if value == .integer(Supervision.upstart.rawValue) {
                    throw DirectiveError("upstart is not served: use systemd, auto or no")
                }
            }),
        .text("pidfile", \.pidFile, optional: true, "file for the process id", flags: .immutable),
        .text(
            "logfile", \.logFile, optional: false, "file to log to; empty for standard output",
            flags: .immutable),
        .choice(
            "loglevel", \.logLevel,
            [
                ("debug", .debug), ("verbose", .verbose), ("notice", .notice),
                ("warning", .warning), ("nothing", .nothing),
            ], "the least important message that is logged", effect: .logLevel),
        .words(
            "dir", "directory of the data files",
            flags: [.protected, .deniedWhileLoading], effect: .directory,
            read: { [$0.directory] },
            write: { settings, words in
                if let directory = words.first { settings.directory = directory }
            },
            check: { words throws(DirectiveError) in
                if words.count != 1 { throw DirectiveError("wrong number of arguments") }
            },
            lines: { settings in
                [.quoted("dir", settings.directory, isForced: true)]
            }),
        .number(
            "databases", \.databases, .integer(.positive), "how many databases there are",
            flags: .immutable,
            check: { value throws(DirectiveError) in
                if case .integer(let count) = value, count > maximumDatabases {
                    throw DirectiveError("this version holds at most \(maximumDatabases) databases")
                }
            }),
        .boolean(
            "set-proc-title", \.setProcessTitle, "tell in the process's title what it serves",
            flags: .immutable),
        .text(
            "proc-title-template", \.processTitleTemplate, optional: false,
            "what the process's title says", effect: .processTitle,
            check: { value throws(DirectiveError) in
                if case .text(let text) = value, !ProcessTitle.isValid(text) {
                    throw DirectiveError("template format is invalid or contains unknown variables")
                }
            }),
        .kept(
            "always-show-logo", .boolean, .boolean(false), "show the logo also in a log file",
            flags: .immutable),
        .boolean(
            "crash-log-enabled", \.crashLogEnabled, "leave a report after a crash",
            effect: .crashReport),
        .kept(
            "crash-memcheck-enabled", .boolean, .boolean(true), "test the memory after a crash"),
        .kept(
            "use-exit-on-panic", .boolean, .boolean(false),
            "end by exit instead of abort after a failed check", flags: .hidden),
        .boolean(
            "disable-thp", \.disableTransparentHugePages,
            "turn transparent huge pages off for the process", flags: .immutable),
        .number(
            "shutdown-timeout", \.shutdownTimeoutSeconds, .integer(.natural),
            "seconds that a shutdown waits for replicas that lag"),
        .number(
            "shutdown-handover-timeout", \.shutdownHandoverTimeoutSeconds, .integer(.natural),
            "seconds that a master which stops waits for sentinels to hand over; 0 never"),
        .choice(
            "shutdown-on-sigint", \.shutdownOnSigint, shutdownWords, "what SIGINT does",
            flags: .multipleArguments, check: consistentShutdown),
        .choice(
            "shutdown-on-sigterm", \.shutdownOnSigterm, shutdownWords, "what SIGTERM does",
            flags: .multipleArguments, check: consistentShutdown),
        .number(
            "hz", \.hz, .integer(.natural), "times a second that background work runs, 1 to 500",
            effect: .hz),
        .boolean("dynamic-hz", \.dynamicHz, "raise hz with the number of clients"),
        .kept(
            "activerehashing", .boolean, .boolean(true),
            "rehash in idle time; this server's tables grow by segments and need none"),
        .number(
            "active-expire-effort", \.activeExpireEffort, .integer(1...10),
            "effort spent on deleting expired keys, 1 to 10"),
        .words(
            "notify-keyspace-events", "classes of keyspace events that are published",
            effect: .keyspaceEvents,
            read: { [KeyspaceEventText.text($0.notifyKeyspaceEvents)] },
            write: { settings, words in
                if let word = words.first, let bits = KeyspaceEventText.bits(word) {
                    settings.notifyKeyspaceEvents = bits
                }
            },
            check: { words throws(DirectiveError) in
                guard let word = words.first, words.count == 1 else {
                    throw DirectiveError("wrong number of arguments")
                }
                if KeyspaceEventText.bits(word) == nil {
                    throw DirectiveError(
                        "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.")
                }
            },
            lines: { settings in
                let text = KeyspaceEventText.text(settings.notifyKeyspaceEvents)
                return [
                    .quoted(
                        "notify-keyspace-events", text,
                        isForced: settings.notifyKeyspaceEvents != 0)
                ]
            }),
        .kept(
            "io-threads", .integer(1...128), .integer(1), "threads for reading and writing",
            flags: [.immutable, .debug]),
        .kept(
            "io-threads-do-reads", .boolean, .boolean(false), "read in those threads as well",
            flags: [.immutable, .debug]),
        .kept(
            "events-per-io-thread", .integer(.natural), .integer(2),
            "events at which another thread joins"),
        .number(
            "prefetch-batch-max-size", \.prefetchBatchMaximum, .integer(0...128),
            "commands whose keys are fetched into the cache together"),
        .kept(
            "server_cpulist", .text(optional: true), .text(""), "processors for the main thread",
            aliases: ["server-cpulist"], flags: .immutable, check: Honesty.processorLists),
        .kept(
            "bio_cpulist", .text(optional: true), .text(""), "processors for background threads",
            aliases: ["bio-cpulist"], flags: .immutable, check: Honesty.processorLists),
        .kept(
            "aof_rewrite_cpulist", .text(optional: true), .text(""),
            "processors for rewriting the append log", aliases: ["aof-rewrite-cpulist"],
            flags: .immutable, check: Honesty.processorLists),
        .kept(
            "bgsave_cpulist", .text(optional: true), .text(""),
            "processors for background saves", aliases: ["bgsave-cpulist"], flags: .immutable,
            check: Honesty.processorLists),
        .kept(
            "oom-score-adj", .choice(oomScoreWords), .integer(0),
            "set the kernel's preference for ending this process when memory runs out",
            check: Honesty.mustBe(
                0,
                "this build does not set its OOM score: leave oom-score-adj no and use "
                    + "OOMScoreAdjust= of the systemd unit")),
        .words(
            "oom-score-adj-values", "OOM scores of a master, a replica and a saving child",
            flags: .multipleArguments, read: OOMScoreWords.words, write: OOMScoreWords.write,
            check: OOMScoreWords.check, lines: OOMScoreWords.lines),
        .kept(
            "ignore-warnings", .text(optional: false), .text(""),
            "warnings of the system check that do not stop the start"),
        .kept(
            "locale-collate", .text(optional: false), .text(""), "locale by which SORT compares"),
        .kept(
            "extended-redis-compatibility", .boolean, .boolean(false),
            "tell clients Redis's name and version; this server always does"),
        .boolean(
            "hide-user-data-from-log", \.hideUserDataFromLog, "keep what users stored out of logs"),
        .text(
            "availability-zone", \.availabilityZone, optional: false,
            "the zone that INFO and HELLO tell"),
        .kept(
            "jemalloc-bg-thread", .boolean, .boolean(true),
            "let the allocator purge memory in a thread"),
        .kept(
            "watchdog-period", .integer(.natural), .integer(0),
            "milliseconds after which a slow command is reported", flags: .hidden),
        .kept(
            "debug-context", .text(optional: false), .text(""), "text for crash reports",
            flags: [.debug, .hidden]),
        .kept(
            "enable-debug-assert", .boolean, .boolean(false), "check invariants that cost time",
            flags: [.immutable, .hidden]),
        .kept(
            "req-res-logfile", .text(optional: true), .text(""),
            "file for all requests and replies", flags: [.immutable, .hidden],
            check: Honesty.mustBeEmpty("this build does not log requests: leave it empty")),
    ]

    static let access: [ServerDirective] = [
        .secret(
            "requirepass", \.requirePass, file: \.requirePassFile, "password of the default user",
            effect: .password),
        .kept(
            "aclfile", .text(optional: false), .text(""), "file of users and their permissions",
            flags: .immutable,
            check: Honesty.mustBeEmpty(
                "this build has no users but default: remove aclfile and set requirepass")),
        .kept(
            "acl-pubsub-default",
            .choice([DirectiveChoice("allchannels", 1), DirectiveChoice("resetchannels", 0)]),
            .integer(0), "channels that a new user may use"),
        .kept(
            "acllog-max-len", .integer(.long), .integer(128), "refusals that ACL LOG remembers"),
        .choice(
            "enable-debug-command", \.enableDebugCommand, protectedWords,
            "from where DEBUG is accepted", flags: .immutable),
        .choice(
            "enable-module-command", \.enableModuleCommand, protectedWords,
            "from where MODULE is accepted", flags: .immutable),
        .choice(
            "enable-protected-configs", \.enableProtectedConfigs, protectedWords,
            "from where guarded directives are changed", flags: .immutable),
    ]

    /// The most databases: each costs memory even when it is empty.
    static let maximumDatabases = 65_536

    private static let protectedWords: [(String, ProtectedAccess)] = [
        ("no", .no), ("yes", .yes), ("local", .local),
    ]
    private static let oomScoreWords = [
        DirectiveChoice("no", 0), DirectiveChoice("yes", 1), DirectiveChoice("relative", 1),
        DirectiveChoice("absolute", 2),
    ]
    private static let shutdownWords: [(String, ShutdownOptions)] = [
        ("default", []), ("save", .save), ("nosave", .noSave), ("now", .now), ("force", .force),
    ]
    private static let consistentShutdown: ServerDirective.Check = { value throws(DirectiveError) in
        guard case .integer(let bits) = value else { return }
        if ShutdownOptions(rawValue: bits).isSuperset(of: [.save, .noSave]) {
            throw DirectiveError("shutdown options SAVE and NOSAVE can't be used simultaneously")
        }
    }
}
