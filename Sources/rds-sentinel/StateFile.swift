// The state file is written by a thread of its own: a disk may take seconds over an fsync, and a loop
// that waits for it sees neither pongs nor clients.
//
//     handle ─> outputs ─ record ──> thread ── stored or failed ──> loop
//                           \                                        |
//                            what stands after it is held ───────────+──> performed, in its order
//
// 1. What stands after a record is performed after the record is on disk, or has failed.
// 2. What keeps links alive does not wait: pings, INFO, connections. So a slow disk makes no node look
//    silent. On one link nothing overtakes what is held for it.

import Bytes
import Consensus
import Reactor

/// Writes states; a new file may hold passwords, one that was there keeps its mode.
struct StateFile: BackgroundJob {
    /// One state.
    struct Order: Sendable {
        let id: RecordID
        let text: ByteString
        /// For the file beside it; nil if that is not to be replaced.
        let companion: ByteString?
    }

    /// What became of it; no reason when it is on disk.
    struct Answer: Sendable {
        let id: RecordID
        let reason: String?
    }

    let path: String

    /// The file beside the state file.
    static func companionPath(_ path: String) -> String { path + ".rds" }

    mutating func perform(_ order: Order) -> Answer? {
        do throws(FileError) {
            try AtomicFile.replace(path, with: order.text.bytes.span, mode: 0o640)
            if let companion = order.companion {
                try AtomicFile.replace(
                    StateFile.companionPath(path), with: companion.bytes.span, mode: 0o640)
            }
            return Answer(id: order.id, reason: nil)
        } catch {
            return Answer(id: order.id, reason: "\(error.cause)")
        }
    }
}

extension Executor {
    mutating func store(_ id: RecordID, _ text: ByteString, _ companion: ByteString?) {
        held.isStoring = true
        stateFile.submit(StateFile.Order(id: id, text: text, companion: companion))
    }

    /// Waits until every state is on disk; the process ends.
    mutating func finishStoring() {
        while held.isStoring {
            stateFile.waitUntilIdle()
            takeStored()
        }
    }

    /// The disk has answered: what waited goes on, up to the next record.
    mutating func takeStored() {
        for answer in stateFile.takeAnswers() {
            held.isStoring = false
            for output in held.takeAll() { perform(output) }
            if let reason = answer.reason {
                feed(.recordFailed(answer.id, reason: reason))
            } else {
                feed(.recordStored(answer.id))
            }
        }
    }
}
