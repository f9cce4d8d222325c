import Bytes
import Determinism
import Protocol
import Server
import Sessions

/// A server in memory with one client: no socket, no file, and a clock that stands still.
struct RunningServer: ~Copyable {
    var server: Server
    let client: SessionID
    var now = Moment(
        instant: .zero + .seconds(1000), unix: UnixTime(milliseconds: 1_700_000_000_000))

    init(_ settings: ServerSettings = ServerSettings(), configurationFile: String = "") {
        let identity = ProcessIdentity(
            processID: 4711, runID: String(repeating: "a", count: 40),
            executable: "/usr/bin/rds-server", configurationFile: configurationFile,
            startedAt: Moment(instant: .zero, unix: UnixTime(milliseconds: 1_699_999_000_000)),
            operatingSystem: "Linux 6.1.0 x86_64", architectureBits: 64, systemMemory: 8 << 30)
        server = Server(
            settings: settings, identity: identity, seed: 1, hashSeed: (1, 2), at: now)
        client =
            server.accept(
                address: "127.0.0.1:50000", localAddress: "127.0.0.1:6379", fileDescriptor: 9,
                isLocal: true, isUnixSocket: false, at: now
            ).session ?? SessionID(bits: 0)
    }

    /// Sends a command and returns the bytes of its reply.
    mutating func ask(_ words: String...) -> String {
        send(words)
        return takeReply()
    }

    /// Executes a command; its reply stays in the session, as it does until the turn's end.
    mutating func send(_ words: [String]) {
        var text = "*\(words.count)\r\n"
        for word in words { text += "$\(word.utf8.count)\r\n\(word)\r\n" }
        let bytes = Array(text.utf8)
        server.sessions[client].input.append(bytes.span)
        server.execute(ready: [client], at: now)
    }

    /// What the client would receive now.
    mutating func takeReply() -> String {
        let text = server.sessions[client].reply.output.unsent.text
        server.sessions[client].reply.output.removeAll()
        return text
    }

    /// Takes what the executor would be asked for.
    mutating func takeOutputs() -> [ServerOutput] {
        defer { server.outputs = [] }
        return server.outputs
    }
}

/// The lines of INFO behind a bulk string's head, by name.
func infoFields(_ reply: String) -> [String: String] {
    var fields: [String: String] = [:]
    for line in reply.split(separator: "\r\n") {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 { fields[String(parts[0])] = String(parts[1]) }
    }
    return fields
}
