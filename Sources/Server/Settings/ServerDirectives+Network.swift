import Bytes
import Configuration

/// Listening, connections, and what a client may take.
extension ServerDirectives {
    static let network: [ServerDirective] = [
        .words(
            "bind", "addresses to listen on; one with a leading - may be missing on the host",
            flags: .multipleArguments, effect: .listeners,
            read: { $0.bindAddresses },
            write: { settings, words in
                settings.bindAddresses = words.filter { !$0.isEmpty }
            },
            check: { words throws(DirectiveError) in
                if words.count > maximumBindAddresses {
                    throw DirectiveError("Too many bind addresses specified.")
                }
                // A single word with blanks in it would be several when it is read again.
                if words.contains(where: { $0.bytes.contains { $0 <= 0x20 } }) {
                    throw DirectiveError("an address to bind to has no blanks")
                }
            },
            lines: { settings in
                // The default is said by saying nothing: an old `bind` line goes.
                if settings.bindAddresses == ServerSettings().bindAddresses { return [] }
                let words = settings.bindAddresses.isEmpty ? [""] : settings.bindAddresses
                return [.words("bind", words, isForced: true)]
            }),
        .number(
            "port", \.port, .integer(.ports), "TCP port; 0 listens on none", effect: .listeners),
        .number(
            "tcp-backlog", \.tcpBacklog, .integer(.natural),
            "connections the kernel queues until they are accepted", flags: .immutable),
        .text(
            "unixsocket", \.unixSocket, optional: true, "path of a unix socket to listen on",
            flags: .immutable),
        .number(
            "unixsocketperm", \.unixSocketPermissions, .octal(0...0o777),
            "permission bits of the unix socket; 0 leaves the umask's", flags: .immutable),
        .text(
            "unixsocketgroup", \.unixSocketGroup, optional: true, "group that owns the unix socket",
            flags: [.immutable, .hidden],
            check: Honesty.mustBeEmpty(
                "this build does not change the socket's group: leave it empty and set the group "
                    + "of the directory or of the service")),
        .text(
            "bind-source-addr", \.bindSourceAddress, optional: true,
            "local address of connections that the server opens", effect: .replication),
        .number(
            "timeout", \.timeoutSeconds, .integer(.natural),
            "seconds after which an idle client is disconnected; 0 never", effect: .sessionLimits),
        .number(
            "tcp-keepalive", \.tcpKeepaliveSeconds, .integer(.natural),
            "seconds between the kernel's probes of a silent client; 0 for none",
            effect: .sessionLimits),
        .boolean(
            "protected-mode", \.protectedMode,
            "refuse other hosts while there is no password",
            effect: .sessionLimits),
        .number(
            "maxclients", \.maxClients, .integer(1...Int(UInt32.max)),
            "clients that may be connected at a time", effect: .maxClients),
        .number(
            "max-new-connections-per-cycle", \.maxNewConnectionsPerCycle, .integer(1...1000),
            "connections accepted in one turn of the loop"),
        .kept(
            "max-new-tls-connections-per-cycle", .integer(1...1000), .integer(1),
            "TLS connections accepted in one turn of the loop"),
        .kept(
            "socket-mark-id", .integer(0...Int(UInt32.max)), .integer(0),
            "mark of the server's sockets for packet filters", flags: .immutable,
            check: Honesty.mustBe(
                0, "this build does not mark sockets: leave socket-mark-id 0 and match by port")),
    ]

    static let clientLimits: [ServerDirective] = [
        .number(
            "proto-max-bulk-len", \.protoMaxBulkLength,
            .memory((1 << 20)...Int.max, percent: false),
            "longest argument that a client may send", flags: .debug, effect: .sessionLimits),
        .number(
            "client-query-buffer-limit", \.clientQueryBufferLimit,
            .memory((1 << 20)...Int.max, percent: false),
            "bytes of requests that a client may have unexecuted", flags: .debug,
            effect: .sessionLimits),
        .words(
            "client-output-buffer-limit",
            "unsent replies at which a client is dropped: class, hard, soft, seconds above soft",
            flags: .multipleArguments, effect: .sessionLimits,
            read: OutputLimitWords.words, write: OutputLimitWords.write,
            check: OutputLimitWords.check, lines: OutputLimitWords.lines),
        .kept(
            "maxmemory-clients", .memory(-100...Int.max, percent: true), .integer(0),
            "memory of all clients together above which the largest is dropped; 0 for no limit",
            check: Honesty.mustBe(
                0,
                "this build does not evict clients: leave maxmemory-clients 0 and bound each "
                    + "client by client-output-buffer-limit")),
        .kept(
            "client-default-resp", .integer(2...3), .integer(2),
            "protocol version of new connections", flags: [.immutable, .hidden],
            check: Honesty.mustBe(2, "connections begin with RESP2; clients choose with HELLO")),
        .kept(
            "tracking-table-max-keys", .integer(.long), .integer(1_000_000),
            "keys that are remembered for client-side caching"),
    ]

    /// The most addresses that `bind` takes.
    static let maximumBindAddresses = 16
}

extension DirectiveLine {
    /// A line of a name and words, quoted where they would not be read as they are.
    static func words(_ name: String, _ words: [ByteString], isForced: Bool) -> DirectiveLine {
        var text = Array(name.utf8)
        for word in words {
            text.append(0x20)
            text += isPlain(word) ? word.bytes : QuotedWords.quote(word.bytes.span).bytes
        }
        return DirectiveLine(ByteString(text), isForced)
    }

    /// A line of a name and a text that is always quoted.
    static func quoted(_ name: String, _ text: ByteString, isForced: Bool) -> DirectiveLine {
        let quoted = QuotedWords.quote(text.bytes.span)
        return DirectiveLine(ByteString(Array(name.utf8) + [0x20] + quoted.bytes), isForced)
    }

    private static func isPlain(_ word: ByteString) -> Bool {
        !word.isEmpty
            && word.bytes.allSatisfy {
                $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'")
                    && $0 != UInt8(ascii: "\\")
            }
    }
}
