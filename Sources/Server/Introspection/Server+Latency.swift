import Bytes
import CommandCatalog
import Protocol
import Sessions

/// LATENCY HISTOGRAM: how long executions of each command took.
extension Server {
    /// LATENCY HISTOGRAM [command ...]: of all commands, or of these and their subcommands.
    ///
    /// Unknown names, and commands that were never executed, are left out.
    mutating func latencyHistogram(_ request: borrowing Request, _ id: SessionID) {
        var wanted: [CommandID] = []
        if request.count == 2 { wanted = CommandID.allCases }
        for index in 2..<max(request.count, 2) {
            guard let command = command(named: request[index]) else { continue }
            wanted += [command] + catalog.subcommands(of: command)
        }
        let found = wanted.filter { statistics.commands.latency(of: $0.rawValue).total > 0 }
        sessions[id].reply.map(count: found.count)
        for command in found {
            let histogram = statistics.commands.latency(of: command.rawValue)
            let distribution = histogram.distribution
            sessions[id].reply.bulk(text: catalog.fullName(command))
            sessions[id].reply.map(count: 2)
            sessions[id].reply.bulk("calls")
            sessions[id].reply.integer(histogram.total)
            sessions[id].reply.bulk("histogram_usec")
            sessions[id].reply.map(count: distribution.count)
            for step in distribution {
                sessions[id].reply.integer(step.microseconds)
                sessions[id].reply.integer(step.count)
            }
        }
    }

    /// The command that is called so; a subcommand stands behind its container and `|`.
    private func command(named name: Span<UInt8>) -> CommandID? {
        let parts = ByteString(name).bytes.split(separator: UInt8(ascii: "|"), maxSplits: 1)
        guard let first = parts.first, let container = catalog.find(Array(first).span) else {
            return nil
        }
        return parts.count == 1
            ? container : catalog.findSubcommand(of: container, Array(parts[1]).span)
    }
}
