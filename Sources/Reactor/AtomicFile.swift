import Bytes
import Glibc

/// A file that is replaced as a whole, or not at all.
///
/// ```
///   open temporary -> write ... -> fsync -> rename over the target -> fsync of the directory
/// ```
/// 1. Until the rename the target is untouched, whatever fails; the temporary is then removed.
/// 2. After `commit` returned, the new content survives a power loss.
/// 3. When `commit` throws at the step `synchroniseDirectory`, the new content is in place, but a
///    power loss may still bring the old one back. Everything earlier means: old content.
///
/// A target that is a symbolic link stays one: the file it names is replaced.
public struct AtomicFile: ~Copyable, Sendable {
    /// The file that is to be replaced.
    public let target: String
    /// The file that is being written, in the same directory.
    public let temporary: String
    private var file: File
    private var isCommitted = false

    /// Begins: creates the temporary file with the target's mode, or `mode` if there is no target.
    public init(
        _ path: String, temporaryName: String? = nil, mode: UInt32 = 0o644,
        fault: FileFault? = nil
    ) throws(FileError) {
        // Everything that throws comes before the first stored property: Swift 6.3 takes
        // `file = try ...` for a second assignment and closes the descriptor of the first, which
        // was never there (number 0).
        let resolved = AtomicFile.resolved(path)
        let directory = File.directory(of: resolved)
        let name = temporaryName ?? "\(File.name(of: resolved)).\(getpid()).tmp"
        let place = directory == "." ? name : "\(directory)/\(name)"
        let created = try AtomicFile.create(place, like: resolved, mode: mode, fault: fault)
        target = resolved
        temporary = place
        file = created
    }

    deinit {
        if !isCommitted { unsafe unlink(temporary) }
    }

    /// Adds to the new content.
    public mutating func write(_ bytes: Span<UInt8>) throws(FileError) {
        try file.write(bytes)
    }

    /// Returns when everything written so far is on the disk: makes the last step shorter.
    public mutating func synchronise() throws(FileError) { try file.synchronise() }

    /// Puts the new content in the target's place, and on the disk.
    public consuming func commit() throws(FileError) {
        try file.synchronise()
        try File.meet(&file.fault, .rename, target)
        if unsafe rename(temporary, target) != 0 {
            throw FileError(step: .rename, path: target, cause: .current)
        }
        isCommitted = true
        try File.synchroniseDirectory(File.directory(of: target), fault: file.fault)
    }

    /// Replaces the content of `path` by `bytes`.
    public static func replace(
        _ path: String, with bytes: Span<UInt8>, mode: UInt32 = 0o644, fault: FileFault? = nil
    ) throws(FileError) {
        var file = try AtomicFile(path, mode: mode, fault: fault)
        try file.write(bytes)
        try file.commit()
    }

    private static func create(
        _ temporary: String, like target: String, mode: UInt32, fault: FileFault?
    ) throws(FileError) -> File {
        // A file of this name is left over from a process that had our number, and is dead.
        var file = try File(temporary, for: .writing(mode: 0o600), fault: fault)
        do throws(FileError) {
            var status = stat()
            if unsafe stat(target, &status) == 0 {
                try file.setMode(status.st_mode & 0o7777)
                // Only root can give a file away; for anyone else the owner is the same already.
                _ = fchown(file.number, status.st_uid, status.st_gid)
            } else {
                try file.setMode(mode & ~fileCreationMask())
            }
            return file
        } catch {
            unsafe unlink(temporary)
            throw error
        }
    }

    private static func resolved(_ path: String) -> String {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK,
            let real = unsafe realpath(path, nil)
        else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    private static func fileCreationMask() -> UInt32 {
        // The only way to read it is to set it; both calls happen before another file is created.
        let mask = umask(0o077)
        umask(mask)
        return mask
    }
}
