// Host names are looked up by a thread of its own, since the C library may take seconds over one. It
// is started with the first name: a sentinel without names has one thread.

import Bytes
import Consensus
import Reactor

/// Names on their way through the resolver.
struct NameResolver {
    private var worker: BackgroundWorker<NameLookup>?
    private var names: [UInt64: ByteString] = [:]
    private var lastToken: UInt64 = 0

    /// Has a name looked up; false when there is no thread to do it.
    mutating func submit(_ name: ByteString, in poller: borrowing Poller) -> Bool {
        if worker == nil {
            do throws(SystemError) {
                let started = try BackgroundWorker(NameLookup(), name: "lookup")
                try poller.add(
                    started.wakeupNumber, token: EventToken.wakeup(WakeupIndex.names).bits, .read)
                worker = started
            } catch {
                return false
            }
        }
        lastToken += 1
        names[lastToken] = name
        worker?.submit(NameLookup.Order(token: lastToken, host: name.text, port: 0))
        return true
    }

    /// What was found since the last call.
    mutating func takeAnswers() -> [(name: ByteString, addresses: [ByteString])] {
        var found: [(ByteString, [ByteString])] = []
        for answer in worker?.takeAnswers() ?? [] {
            guard let name = names.removeValue(forKey: answer.token) else { continue }
            switch answer.outcome {
            case .addresses(let all): found.append((name, all.map { ByteString($0.host) }))
            case .failed: found.append((name, []))
            }
        }
        return found
    }
}

extension Executor {
    mutating func lookUp(_ name: ByteString) {
        if !names.submit(name, in: loop.poller) { inputs.append(.lookedUp(name, addresses: [])) }
    }

    mutating func takeNames() {
        for (name, addresses) in names.takeAnswers() {
            feed(.lookedUp(name, addresses: addresses))
        }
    }
}
