// Scripts that tell operators (notification-script, of every warning) and clients
// (client-reconfig-script, when the master's address changes).
//
//     waiting --runScript--> running --exit 0, exit 2 and more, last try--> gone
//        ^                      |
//        +-- exit 1, a signal --+     tried again after 30 s, 60 s, 120 s ...
//
// At most `limit` are kept: the oldest that does not run goes first. At most `runningLimit` run at a
// time, each for at most a minute.

import Bytes
import Determinism

/// Names one script that runs or waits.
public struct ScriptID: Hashable, Sendable {
    /// Counts the scripts since the start.
    public var number: Int

    /// The script with that number.
    public init(number: Int) { self.number = number }
}

/// How a script ended.
public enum ScriptEnd: Hashable, Sendable {
    /// By itself, with this status.
    case exited(Int32)
    /// By a signal.
    case signalled(Int32)
    /// It could not be started.
    case failedToStart
}

/// A script and how often it was tried.
struct ScriptJob: Hashable, Sendable {
    let id: ScriptID
    /// The script's path, then its arguments.
    let arguments: [ByteString]
    var tries = 0
    /// Not before this; nil for as soon as possible.
    var notBefore: Instant?
    /// Since when it runs; nil while it waits.
    var runningSince: Instant?
    var process: Int32 = 0
    var isKilled = false
}

/// The scripts in the order in which they were asked for.
struct ScriptQueue: Sendable {
    static let limit = 256
    static let runningLimit = 16
    static let tryLimit = 10

    var jobs: [ScriptJob] = []
    private var lastNumber = 0

    var runningCount: Int { jobs.count { $0.runningSince != nil } }

    mutating func append(_ arguments: [ByteString]) {
        lastNumber += 1
        jobs.append(ScriptJob(id: ScriptID(number: lastNumber), arguments: arguments))
        guard jobs.count > ScriptQueue.limit,
            let oldest = jobs.firstIndex(where: { $0.runningSince == nil })
        else { return }
        jobs.remove(at: oldest)
    }

    func index(_ id: ScriptID) -> Int? { jobs.firstIndex { $0.id == id } }
}

extension Sentinel {
    /// Has the master's notification script told of a warning.
    mutating func notify(_ masterName: ByteString, _ event: String, _ payload: ByteString) {
        guard let index = masterIndex(name: masterName),
            let script = masters[index].settings.notificationScript
        else { return }
        scripts.append([script, ByteString(event), payload])
    }

    /// Has the master's clients told that its address changes.
    mutating func reconfigureClients(
        _ index: Int, role: ByteString, from old: NodeAddress, to new: NodeAddress
    ) {
        guard let script = masters[index].settings.clientReconfigurationScript else { return }
        scripts.append([
            script, masters[index].settings.name, role, "start", shown(old),
            ByteString("\(old.port)"), shown(new), ByteString("\(new.port)"),
        ])
    }

    /// Starts what is due and kills what takes too long; says when it is to be looked at again.
    mutating func runScripts() -> Instant? {
        var next: Instant?
        func wake(_ instant: Instant) { next = min(next ?? instant, instant) }
        var running = scripts.runningCount
        for index in scripts.jobs.indices {
            let job = scripts.jobs[index]
            if let since = job.runningSince {
                let due = since + timing.scriptMaximumRuntime
                if due > now {
                    wake(due)
                } else if !job.isKilled {
                    scripts.jobs[index].isKilled = true
                    event(.warning, "-script-timeout", "\(job.arguments[0]) \(job.process)")
                    outputs.append(.killScript(job.id))
                }
            } else if let notBefore = job.notBefore, notBefore > now {
                wake(notBefore)
            } else if running < ScriptQueue.runningLimit {
                running += 1
                scripts.jobs[index].tries += 1
                scripts.jobs[index].runningSince = now
                scripts.jobs[index].isKilled = false
                outputs.append(.runScript(job.id, job.arguments))
                wake(now + timing.scriptMaximumRuntime)
            }
        }
        return next
    }

    mutating func scriptStarted(_ id: ScriptID, process: Int32) {
        if let index = scripts.index(id) { scripts.jobs[index].process = process }
    }

    mutating func scriptEnded(_ id: ScriptID, _ end: ScriptEnd) {
        guard let index = scripts.index(id) else { return }
        let job = scripts.jobs[index]
        var status: Int32 = 0
        var signal: Int32 = 0
        switch end {
        case .exited(let code): status = code
        case .signalled(let number): signal = number
        case .failedToStart: signal = 99
        }
        if (signal != 0 || status == 1) && job.tries < ScriptQueue.tryLimit {
            scripts.jobs[index].runningSince = nil
            scripts.jobs[index].process = 0
            let delay = timing.scriptRetryDelay * (1 << (job.tries - 1))
            scripts.jobs[index].notBefore = now + delay
            return
        }
        if signal != 0 || status != 0 {
            event(.warning, "-script-error", "\(job.arguments[0]) \(signal) \(status)")
        }
        scripts.jobs.remove(at: index)
    }
}
