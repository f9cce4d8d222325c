import Bytes
import Determinism
import LogOutput
import Reactor
import Server
import Sessions
import Storage

/// The data set on disk: loaded at start, a piece a turn, and again for DEBUG RELOAD.
extension Executor {
    /// Opens the snapshot file; without one the server is ready at once.
    mutating func beginLoading() {
        let now = SystemClock.now()
        do throws(FileError) {
            reading = try SnapshotReading(server.settings.dbFilename.text)
        } catch {
            failAtStart("Fatal error: can't open the RDB file for reading: \(error)")
        }
        guard let size = reading?.size else {
            return announceReadiness()
        }
        server.beginLoading(totalBytes: size, for: nil, at: now)
        tellManager(at: now.instant)
    }

    /// Loads pieces for a turn; clients are answered between turns.
    mutating func continueLoading(at now: Moment) {
        let budget = server.loadingBudget.turn
        do throws(LoadingError) {
            var count = 0
            var time = now
            while count < budget && time.instant - now.instant < Self.loadingTime {
                time = SystemClock.now()
                if server.loadingResumption(at: time.instant) != nil { break }
                let read = try reading?.advance(&server, at: time) ?? 0
                if read == 0 { return finishLoading() }
                count += read
            }
            tellManager(at: time.instant)
            reportLoading(at: time)
        } catch {
            failAtStart(error.text)
        }
    }

    /// After so long a client that was told to wait may ask again.
    private static var loadingTime: Duration { .milliseconds(20) }

    private mutating func finishLoading() {
        let now = SystemClock.now()
        do throws(RDBError) {
            try server.finishLoading(at: now)
        } catch {
            failAtStart(LoadingError.content(error).text)
        }
        reading = nil
        perform(at: now)
        announceReadiness()
    }

    private mutating func reportLoading(at now: Moment) {
        guard heartbeat.isProgressDue(at: now.instant), let progress = server.loadingProgress
        else { return }
        log.write(
            .notice, "Loading the data set of \(progress.total) bytes: \(progress.text)")
    }

    /// The data set cannot be had: better no server than one that is empty and looks well.
    private mutating func failAtStart(_ text: String) -> Never {
        perform(at: SystemClock.now())
        log.write(.warning, text)
        log.write(.warning, "Fatal error loading the DB, check server logs. Exiting.")
        claim?.release()
        ProcessControl.exit(1)
    }

    /// Replaces what is in memory by the file that was just saved, while everybody waits.
    mutating func reload(for id: SessionID, at now: Moment) {
        do throws(FileError) {
            reading = try SnapshotReading(server.settings.dbFilename.text)
        } catch {
            return server.failLoading(id, "Can't read the RDB file: \(error)")
        }
        defer { reading = nil }
        server.beginLoading(totalBytes: reading?.size ?? 0, for: id, at: now)
        do throws(LoadingError) {
            while true {
                let time = SystemClock.now()
                tellManager(at: time.instant)
                if let next = server.loadingResumption(at: time.instant) {
                    ProcessControl.sleep(min(next - time.instant, .milliseconds(100)))
                } else if try reading?.advance(&server, at: time) ?? 0 == 0 {
                    break
                }
            }
            do throws(RDBError) {
                try server.finishLoading(at: SystemClock.now())
            } catch {
                throw .content(error)
            }
        } catch {
            server.failLoading(id, error.text)
        }
    }
}

/// Why a snapshot file cannot be loaded.
enum LoadingError: Error {
    /// It cannot be read.
    case file(FileError)
    /// It is broken, or holds what this build does not read.
    case content(RDBError)

    /// The line for the log.
    var text: String {
        switch self {
        case .file(let error): "Fatal error: can't read the RDB file: \(error)"
        case .content(let error):
            "The RDB file cannot be loaded, and was left as it is: \(error)"
        }
    }
}
