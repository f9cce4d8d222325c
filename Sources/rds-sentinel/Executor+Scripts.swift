// Scripts run as children of the sentinel; while there are any, their ends are looked for ten times
// a second.

import Bytes
import Consensus
import Determinism
import Glibc
import Protocol
import Reactor

extension Executor {
    /// How often the ends of running scripts are looked for.
    static let scriptPeriod = Duration.milliseconds(100)

    /// Whether a file can be executed.
    static func isExecutable(_ path: ByteString) -> Bool {
        unsafe Glibc.access(path.text, X_OK) == 0
    }

    mutating func runScript(_ id: ScriptID, _ words: [ByteString]) {
        guard let process = spawn(words.map(\.text)) else {
            inputs.append(.scriptEnded(id, .failedToStart))
            return
        }
        log.write(.debug, "+script-child \(process)")
        runningScripts[process] = id
        inputs.append(.scriptStarted(id, process: process))
    }

    mutating func killScript(_ id: ScriptID) {
        for (process, running) in runningScripts where running == id { kill(process, SIGKILL) }
    }

    /// Takes in the scripts that have ended.
    mutating func collectScripts() {
        for (process, id) in runningScripts {
            var status: Int32 = 0
            guard unsafe waitpid(process, &status, WNOHANG) == process else { continue }
            runningScripts[process] = nil
            let signal = status & 0x7f
            let code = (status >> 8) & 0xff
            log.write(.debug, "-script-child \(process) \(code) \(signal)")
            feed(.scriptEnded(id, signal == 0 ? .exited(code) : .signalled(signal)))
        }
    }

    /// Starts a program with our environment and no signal blocked; nil when there is no child.
    private func spawn(_ words: [String]) -> Int32? {
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var mask = sigset_t()
        unsafe sigemptyset(&mask)
        unsafe posix_spawnattr_setsigmask(&attributes, &mask)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe arguments.append(nil)
        defer { for index in unsafe arguments.indices { unsafe free(arguments[index]) } }
        var process: pid_t = 0
        let code = unsafe posix_spawn(&process, words[0], nil, &attributes, arguments, environ)
        return code == 0 ? process : nil
    }

    /// Why SENTINEL SET may not set a script, if it may not: the machine cannot look at files.
    func scriptRefusal(_ request: borrowing Request) -> StaticString? {
        guard request.count > 4, request[0].equalsIgnoringCase("sentinel"),
            request[1].equalsIgnoringCase("set"), !sentinel.deniesScriptReconfiguration
        else { return nil }
        var position = 3
        while position + 1 < request.count {
            let path = request.owned(position + 1)
            if !path.isEmpty && !Executor.isExecutable(path) {
                if request[position].equalsIgnoringCase("notification-script") {
                    return "ERR Notification script seems non existing or non executable"
                }
                if request[position].equalsIgnoringCase("client-reconfig-script") {
                    return "ERR Client reconfiguration script seems non existing or non executable"
                }
            }
            position += request[position].equalsIgnoringCase("rename-command") ? 3 : 2
        }
        return nil
    }
}
