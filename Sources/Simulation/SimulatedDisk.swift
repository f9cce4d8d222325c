// The file of one sentinel. A replacement is atomic, as the executor's is: after a crash the file holds
// the old text or the new one, never a mixture. What may go wrong: the write fails and says so (the
// new text may be there all the same, if only the directory's synchronisation failed), or the process
// dies in the middle of it.

import Bytes

/// What became of a replacement.
enum DiskOutcome: Hashable, Sendable {
    case stored
    case failed
    /// The process dies in the middle of the write.
    case torn
}

/// A sentinel's state file.
struct SimulatedDisk: Sendable {
    /// What a restart reads.
    private(set) var durable: ByteString
    /// What the disk says that it holds; differs from `durable` only on a disk that lies.
    private(set) var claimed: ByteString
    /// So many replacements fail from now on.
    var failuresDue = 0
    /// The next replacement kills the process.
    var isTearDue = false
    /// A weakness: what is written reaches the disk only with the one after it.
    let lies: Bool

    init(_ text: ByteString, lies: Bool) {
        durable = text
        claimed = text
        self.lies = lies
    }

    /// Replaces the file; with `survives` the new text stays even if the replacement goes wrong.
    mutating func replace(by text: ByteString, survives: Bool) -> DiskOutcome {
        let outcome: DiskOutcome
        if isTearDue {
            isTearDue = false
            outcome = .torn
        } else if failuresDue > 0 {
            failuresDue -= 1
            outcome = .failed
        } else {
            outcome = .stored
        }
        if outcome == .stored || survives {
            durable = lies ? claimed : text
            claimed = text
        }
        return outcome
    }

    /// The machine went down: what was not on the disk is gone.
    mutating func crash() { claimed = durable }
}
