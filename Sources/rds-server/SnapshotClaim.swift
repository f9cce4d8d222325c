import Bytes
import Reactor
import Server

/// A mark that a live server writes its snapshots under this name in this directory.
///
/// A second server with the same file would overwrite what the first has saved. The mark is a lock
/// on a side file that holds the port; the kernel drops the lock with the process, so that a mark
/// never outlives its server.
enum SnapshotClaim {
    static func make(fileName: String, port: Int) -> FileLock.Attempt {
        FileLock.take(".\(fileName).owner", content: ByteString("\(port)\n"))
    }
}

extension Executor {
    /// Marks the snapshot's file as ours; says so when another live server has done that.
    mutating func warnAboutNeighbour() {
        let settings = server.settings
        let fileName = settings.dbFilename.text
        switch SnapshotClaim.make(fileName: fileName, port: settings.port) {
        case .taken(let lock): claim = consume lock
        case .unavailable: break
        case .held(let content):
            let port = content.text.split(separator: "\n").first ?? "unknown"
            log.write(
                .warning,
                "WARNING: another server, on port \(port), saves to \(fileName) in "
                    + "\(settings.directory.text) too: each overwrites what the other has saved. "
                    + "Give one of them another dir or dbfilename.")
        }
    }
}
