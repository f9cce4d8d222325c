// Commands about this sentinel rather than a master: CONFIG, DEBUG, INFO-CACHE, SIMULATE-FAILURE.

import Bytes
import Configuration
import Determinism
import Protocol

extension Sentinel {
    /// SENTINEL CONFIG GET|SET.
    mutating func configure(_ values: [ByteString], _ id: SentinelRequestID) {
        let rest = Array(values.dropFirst())
        switch values[0].lowercased.text {
        case "get": reply(id, .map(configuration(matching: rest)))
        case "set" where rest.count >= 2: setConfiguration(rest, id)
        default:
            refuse(
                id,
                "ERR Only SENTINEL CONFIG GET <param> [<param> <param> ...]/ SET <param> <value> "
                    + "[<param> <value> ...] are supported.")
        }
    }

    private func configuration(matching patterns: [ByteString]) -> [ReplyPair] {
        let all: [(name: ByteString, value: ByteString)] = [
            ("resolve-hostnames", settings.resolvesHostNames ? "yes" : "no"),
            ("announce-hostnames", settings.announcesHostNames ? "yes" : "no"),
            ("announce-ip", settings.announcedHost ?? ""),
            ("announce-port", ByteString("\(settings.announcedPort)")),
            ("sentinel-user", settings.sentinelUser ?? ""),
            ("sentinel-pass", settings.sentinelPassword ?? ""), ("loglevel", settings.logLevel),
        ]
        let matching = all.filter { option in
            patterns.contains {
                option.name.matches($0, ignoringCase: true)
            }
        }
        return matching.map { ReplyPair(.bulk($0.name), .bulk($0.value)) }
    }

    private mutating func setConfiguration(_ words: [ByteString], _ id: SentinelRequestID) {
        var changed = settings
        var seen: Set<String> = []
        var dropsConnections = false
        for position in stride(from: 0, to: words.count, by: 2) {
            let option = words[position]
            let name = option.lowercased.text
            guard SentinelSettings.changeable.contains(name) else {
                return refuse(id, "ERR Invalid argument '\(option)' to SENTINEL CONFIG SET")
            }
            guard seen.insert(name).inserted else {
                return refuse(id, "ERR Duplicate argument '\(option)' to SENTINEL CONFIG SET")
            }
            guard position + 1 < words.count else {
                return refuse(id, "ERR Missing argument '\(option)' value")
            }
            guard changed.change(name, words[position + 1]) else {
                return refuse(
                    id,
                    "ERR Invalid value '\(words[position + 1])' to SENTINEL CONFIG SET "
                        + "'\(option)'")
            }
            if name == "sentinel-user" || name == "sentinel-pass" { dropsConnections = true }
        }
        if changed.logLevel != settings.logLevel { outputs.append(.logLevel(changed.logLevel)) }
        settings = changed
        storeAndConfirm(id)
        if dropsConnections {
            for sentinel in sentinels {
                disconnect(.sentinel(sentinel))
                touch(.sentinel(sentinel))
            }
        }
    }

    /// SENTINEL DEBUG [name milliseconds ...].
    mutating func debug(_ values: [ByteString], _ id: SentinelRequestID) {
        if values.isEmpty {
            let pairs = SentinelTiming.debugNames.map { name, path in
                ReplyPair(
                    .bulk(text: name.uppercased()),
                    .bulk(text: "\(timing[keyPath: path].wholeMilliseconds)"))
            }
            return reply(id, .map(pairs))
        }
        var changed = timing
        for position in stride(from: 0, to: values.count, by: 2) {
            let option = values[position]
            guard position + 1 < values.count,
                let found = SentinelTiming.debugNames.first(where: {
                    $0.name == option.lowercased.text
                })
            else {
                return refuse(
                    id, "ERR Unknown option or number of arguments for SENTINEL DEBUG '\(option)'")
            }
            let value = values[position + 1]
            guard let milliseconds = value.integer, milliseconds > 0,
                milliseconds <= Int(Int32.max)
            else {
                return refuse(id, "ERR Invalid argument '\(value)' for SENTINEL DEBUG '\(option)'")
            }
            changed[keyPath: found.path] = .milliseconds(milliseconds)
        }
        timing = changed
        for index in masters.indices { touch(index) }
        reply(id, .simpleString("OK"))
    }

    /// SENTINEL INFO-CACHE name ...: names that are not monitored are passed over.
    mutating func answerInformationCache(_ values: [ByteString], _ id: SentinelRequestID) {
        var parts: [ReplyValue] = []
        var seen: Set<Int> = []
        for name in values {
            guard let index = masterIndex(name: name), seen.insert(index).inserted else { continue }
            let nodes = [masters[index].node] + masters[index].replicas.map(\.node)
            parts.append(.bulk(name))
            parts.append(
                .array(
                    nodes.map { node in
                        let age = node.informedAt.map { now - $0 } ?? .zero
                        return .array([
                            .integer(Int(age.wholeMilliseconds)),
                            node.information.map { .bulk($0) } ?? .null,
                        ])
                    }))
        }
        reply(id, .array(parts))
    }

    /// SENTINEL SIMULATE-FAILURE [flag ...].
    mutating func simulateFailure(_ values: [ByteString], _ id: SentinelRequestID) {
        crashesAfterElection = false
        crashesAfterPromotion = false
        for value in values {
            switch value.lowercased.text {
            case "crash-after-election":
                crashesAfterElection = true
                log(
                    .warning,
                    "Failure simulation: this Sentinel will crash after being successfully "
                        + "elected as failover leader")
            case "crash-after-promotion":
                crashesAfterPromotion = true
                log(
                    .warning,
                    "Failure simulation: this Sentinel will crash after promoting the selected "
                        + "replica to master")
            case "help":
                return reply(
                    id, .array([.bulk("crash-after-election"), .bulk("crash-after-promotion")]))
            default: return refuse(id, "ERR Unknown failure simulation specified")
            }
        }
        reply(id, .simpleString("OK"))
    }
}

extension SentinelSettings {
    /// What SENTINEL CONFIG SET changes.
    static let changeable: Set<String> = [
        "announce-ip", "sentinel-user", "sentinel-pass", "resolve-hostnames", "announce-port",
        "announce-hostnames", "loglevel",
    ]

    /// Changes one setting; false for a value that it cannot have.
    mutating func change(_ name: String, _ value: ByteString) -> Bool {
        switch name {
        case "announce-ip":
            guard value.isEmpty || NodeAddress(naming: value, port: 0) != nil else { return false }
            announcedHost = value.isEmpty ? nil : value
        case "announce-port":
            guard let port = value.integer, (0...65_535).contains(port)
            else { return false }
            announcedPort = port
        case "sentinel-user": sentinelUser = value.isEmpty ? nil : value
        case "sentinel-pass": sentinelPassword = value.isEmpty ? nil : value
        case "loglevel":
            let level = value.lowercased
            guard ["debug", "verbose", "notice", "warning", "nothing"].contains(level.text) else {
                return false
            }
            logLevel = level
        case "resolve-hostnames", "announce-hostnames":
            guard let flag = yesOrNo(value) else { return false }
            if name == "resolve-hostnames" {
                resolvesHostNames = flag
            } else {
                announcesHostNames = flag
            }
        default: return false
        }
        return true
    }
}

extension SentinelTiming {
    /// The names of SENTINEL DEBUG, in the order of its reply.
    static var debugNames: [(name: String, path: WritableKeyPath<SentinelTiming, Duration>)] {
        [
            ("info-period", \.informationPeriod), ("ping-period", \.pingPeriod),
            ("ask-period", \.askPeriod), ("publish-period", \.publishPeriod),
            ("default-down-after", \.defaultDownAfter),
            ("default-failover-timeout", \.defaultFailoverTimeout),
            ("tilt-trigger", \.tiltTrigger), ("tilt-period", \.tiltPeriod),
            ("slave-reconf-timeout", \.reconfigurationTimeout),
            ("min-link-reconnect-period", \.minimumLinkReconnectPeriod),
            ("election-timeout", \.electionTimeout), ("script-max-runtime", \.scriptMaximumRuntime),
            ("script-retry-delay", \.scriptRetryDelay),
        ]
    }
}
