import Bytes
import Determinism
import Reactor
import Server
import Storage

/// The snapshot file that is being read for the server.
struct SnapshotReading: ~Copyable {
    private var file: File
    private var buffer = InputBuffer()
    /// Bytes of the file when it was opened.
    let size: Int

    /// Opens the file; nil when there is none.
    init?(_ fileName: String) throws(FileError) {
        let opened: File
        do throws(FileError) {
            var file = try File(fileName, for: .reading)
            size = try file.size()
            opened = file
        } catch {
            if error.step == .open && error.cause.isMissing { return nil }
            throw error
        }
        file = opened
    }

    /// Reads the next bytes, a piece as the server wants it, and has the server load them.
    ///
    /// Returns how many there were; 0 at the end.
    mutating func advance(_ server: inout Server, at now: Moment) throws(LoadingError) -> Int {
        buffer.removeAll()
        let count: Int
        do throws(FileError) {
            count = try file.read(into: &buffer, atLeast: server.loadingBudget.piece)
        } catch {
            throw .file(error)
        }
        if count == 0 { return 0 }
        do throws(RDBError) {
            try server.load(buffer.readable, at: now)
        } catch {
            throw .content(error)
        }
        return count
    }
}
