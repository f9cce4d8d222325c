// What an executor holds back while a record is on its way to the disk.
//
// 1. What stands after a record is performed after the record is on disk, or has failed.
// 2. What keeps links alive does not wait: pings, INFO, connections. So a slow disk makes no node look
//    silent. On one link nothing overtakes what is held for it.

import Bytes

/// Outputs that wait for the disk, in their order.
public struct HeldOutputs: Sendable {
    /// Whether a record is under way.
    public var isStoring = false
    private var outputs: [SentinelOutput] = []
    private var links: Set<LinkID> = []

    /// Nothing waits.
    public init() {}

    /// Keeps an output if it has to wait; false when it can be performed now.
    public mutating func hold(_ output: SentinelOutput) -> Bool {
        guard isStoring, !canPass(output) else { return false }
        if case .send(let id, _) = output { links.insert(id) }
        outputs.append(output)
        return true
    }

    /// Everything that was held.
    public mutating func takeAll() -> [SentinelOutput] {
        let taken = outputs
        outputs = []
        links = []
        return taken
    }

    private func canPass(_ output: SentinelOutput) -> Bool {
        switch output {
        case .connect, .lookUp, .log: true
        // Its link is gone, and with it what is held for it.
        case .disconnect: true
        case .send(let id, let command):
            !links.contains(id) && command.first.map { HeldOutputs.plain.contains($0) } == true
        case .record, .event, .reply, .runScript, .killScript, .logLevel, .exit: false
        }
    }

    /// Commands that say nothing of epochs or roles.
    private static let plain: Set<ByteString> = ["PING", "INFO", "AUTH", "CLIENT", "SUBSCRIBE"]
}
