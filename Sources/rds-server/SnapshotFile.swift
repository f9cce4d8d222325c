import Bytes
import Reactor
import Storage

/// Writes snapshot files on a thread of its own: compresses, sums, writes, syncs, renames.
///
/// ```
///   begin ─ append ... ─ commit ─▶ finished        a failure anywhere ─▶ failed, once
///             └──────── abandon ─▶ (nothing)       orders after it are passed over
/// ```
/// Until the rename, the file of the last complete snapshot is untouched.
struct SnapshotFile: BackgroundJob, ~Copyable {
    enum Order: Sendable {
        case begin(fileName: String, directory: String, compresses: Bool, checksums: Bool)
        case append([UInt8])
        case commit
        case abandon
    }

    enum Answer: Sendable {
        /// So many bytes of records have gone to the kernel.
        case written(Int)
        /// The file is in place and on disk.
        case finished
        /// The file is given up; the text is for the log.
        case failed(String)
    }

    /// Bytes are handed to the disk now and then, so that the last fsync is short.
    private static let bytesBetweenSyncs = 32 << 20

    private var file: AtomicFile?
    private var finisher = RDBFinisher(compresses: false, checksums: false)
    private var fileName = ""
    private var directory = ""
    private var unsynced = 0

    mutating func perform(_ order: Order) -> Answer? {
        do throws(FileError) {
            switch order {
            case .begin(let fileName, let directory, let compresses, let checksums):
                self.fileName = fileName
                self.directory = directory
                finisher = RDBFinisher(compresses: compresses, checksums: checksums)
                unsynced = 0
                file = nil
                file = try AtomicFile(fileName, temporaryName: Self.temporaryName)
                return nil
            case .append(let records):
                // What comes behind a failure is counted all the same: nobody waits for it.
                try append(finisher.process(records))
                return .written(records.count)
            case .commit: return try commit()
            case .abandon:
                file = nil
                return nil
            }
        } catch {
            file = nil
            return .failed(text(for: error))
        }
    }

    private mutating func append(_ bytes: [UInt8]) throws(FileError) {
        guard file != nil else { return }
        try file?.write(bytes.span)
        unsynced += bytes.count
        if unsynced >= Self.bytesBetweenSyncs {
            try file?.synchronise()
            unsynced = 0
        }
    }

    private mutating func commit() throws(FileError) -> Answer? {
        guard file != nil else { return nil }
        try file?.write(finisher.finish().span)
        guard let complete = file.take() else { return nil }
        try complete.commit()
        return .finished
    }

    private static var temporaryName: String { "temp-\(ProcessControl.identifier).rdb" }

    private func text(for error: FileError) -> String {
        switch error.step {
        case .open, .setMode:
            "Failed opening the temp RDB file \(Self.temporaryName) (in server root dir "
                + "\(directory)) for saving: \(error.cause)"
        case .rename:
            "Error moving temp DB file \(Self.temporaryName) on the final destination "
                + "\(fileName) (in server root dir \(directory)): \(error.cause)"
        default: "Write error while saving DB to the disk(\(error.step.rawValue)): \(error.cause)"
        }
    }
}
