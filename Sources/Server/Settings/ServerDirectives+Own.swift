import Bytes
import Configuration
import Sessions

/// Directives that only rds has.
extension ServerDirectives {
    static let own: [ServerDirective] = [
        .number(
            "busy-poll-microseconds", \.busyPollMicroseconds, .integer(0...10_000),
            "microseconds that the loop polls before it sleeps; 0 sleeps at once",
            effect: .busyPoll),
        .number(
            "client-output-buffer-pause", \.clientOutputBufferPause,
            .memory((1 << 16)...Int.max, percent: false),
            "unsent replies at which a client is not read further until half are sent",
            effect: .sessionLimits),
        .boolean(
            "master-fence", \.masterFence,
            "refuse writes after a restart or stall until sentinels name this master",
            effect: .replication),
        .number(
            "master-fence-stall", \.masterFenceStallMilliseconds, .integer(.natural),
            "milliseconds of stall that close that fence where no sentinel told its own; 0 never",
            effect: .replication),
        .boolean(
            "refuse-lost-data", \.refuseLostData,
            "refuse to follow a master that came back without data that the replica has",
            effect: .replication),
        .number(
            "refuse-lost-data-timeout", \.refuseLostDataTimeoutMilliseconds, .integer(.natural),
            "milliseconds until it is followed, our data kept, where no sentinel told its own",
            effect: .replication),
        .words(
            "protected-mode-networks",
            "networks whose clients protected mode lets pass; none as long as it is not set",
            flags: [.multipleArguments, .accumulates], effect: .sessionLimits,
            read: { $0.protectedModeNetworks },
            write: { settings, words in
                settings.protectedModeNetworks = words.filter { !$0.isEmpty }
            },
            check: { words throws(DirectiveError) in
                if words.count > maximumNetworks { throw DirectiveError("too many networks") }
                for word in words where !word.isEmpty && NetworkRange(word.bytes.span) == nil {
                    throw DirectiveError(
                        "\(word.text) is no network: an address and a length, as in 10.0.0.0/8")
                }
            },
            lines: { settings in
                if settings.protectedModeNetworks.isEmpty { return [] }
                return [
                    .words(
                        "protected-mode-networks", settings.protectedModeNetworks, isForced: true)
                ]
            }),
        .text(
            "state-file", \.stateFile, optional: true,
            "file that takes what is changed at run time, so that the configuration is only read",
            flags: .immutable,
            check: { value throws(DirectiveError) in
                guard case .text(let path) = value, let first = path.bytes.first else { return }
                if first != UInt8(ascii: "/") {
                    throw DirectiveError("the state file is named by its whole path")
                }
            }),
        .text(
            "requirepass-file", \.requirePassFile, optional: true,
            "file whose first line is requirepass; without a slash: a credential of the unit",
            flags: .immutable),
        .text(
            "masterauth-file", \.masterAuthFile, optional: true,
            "file whose first line is masterauth; without a slash: a credential of the unit",
            flags: .immutable),
    ]

    /// Directives whose change a reload takes over, with the password that their file holds.
    static let secretFiles: Set<String> = ["requirepass-file", "masterauth-file"]

    /// The most ranges that `protected-mode-networks` takes.
    private static let maximumNetworks = 64
}
