import Bytes
import CLinux
import Glibc

/// A call on a file that failed: which one, on what, and why.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The calls that a file goes through.
    public enum Step: String, Sendable {
        /// Opening or creating it.
        case open
        /// Reading from it.
        case read
        /// Writing to it.
        case write
        /// Having the kernel put its bytes on the disk.
        case synchronise = "fsync"
        /// Asking for its size and mode.
        case inspect = "stat"
        /// Giving it its mode.
        case setMode = "chmod"
        /// Cutting it.
        case truncate
        /// Giving it its final name.
        case rename
        /// Putting the directory, and so the new name, on the disk.
        case synchroniseDirectory = "fsync of the directory"
    }

    /// The call.
    public let step: Step
    /// The file or directory.
    public let path: String
    /// What the kernel said.
    public let cause: SystemError

    /// For instance `rename dump.rdb: Permission denied`.
    public var description: String { "\(step.rawValue) \(path): \(cause)" }
}

/// Makes one call on files fail, so that tests see what every single failure does.
///
/// Calls are counted from 1; the call with that number does not reach the kernel.
public struct FileFault: Sendable {
    var callsLeft: Int
    let cause: SystemError

    /// The `call`-th call fails with errno `code`.
    public init(call: Int, code: Int32) {
        callsLeft = call
        cause = SystemError(code: code)
    }
}

/// An open file with one owner.
///
/// Calls block: loops leave big ones to a worker.
public struct File: ~Copyable, Sendable {
    /// What a file is opened for.
    public enum Purpose: Sendable {
        /// To read what is there.
        case reading
        /// To write from the start; what was there goes. Created with `mode` when missing.
        case writing(mode: UInt32)
        /// To write at the end. Created with `mode` when missing.
        case appending(mode: UInt32)
        /// To write a file that must not be there yet.
        case creating(mode: UInt32)
    }

    /// The path that it was opened by.
    public let path: String
    private let descriptor: FileDescriptor
    /// The failure that tests have asked for.
    var fault: FileFault?

    /// Opens a file.
    public init(
        _ path: String, for purpose: Purpose, fault: FileFault? = nil
    ) throws(FileError) {
        var fault = fault
        try File.meet(&fault, .open, path)
        let (flags, mode): (Int32, UInt32) =
            switch purpose {
            case .reading: (O_RDONLY, 0)
            case .writing(let mode): (O_WRONLY | O_CREAT | O_TRUNC, mode)
            case .appending(let mode): (O_WRONLY | O_CREAT | O_APPEND, mode)
            case .creating(let mode): (O_WRONLY | O_CREAT | O_EXCL, mode)
            }
        do throws(SystemError) {
            let number = try retrying { unsafe Glibc.open(path, flags | O_CLOEXEC, mode) }
            descriptor = FileDescriptor(owning: number)
        } catch {
            throw FileError(step: .open, path: path, cause: error)
        }
        self.path = path
        self.fault = fault
    }

    /// The kernel's number, valid as long as the file is open.
    public var number: Int32 { descriptor.number }

    /// Bytes in the file now.
    public mutating func size() throws(FileError) -> Int { Int(try status().st_size) }

    /// The permission bits.
    public mutating func mode() throws(FileError) -> UInt32 { try status().st_mode & 0o7777 }

    /// Sets the permission bits, whatever the umask says.
    public mutating func setMode(_ mode: UInt32) throws(FileError) {
        try attempt(.setMode) { fchmod($0, mode) }
    }

    /// Reads once into `buffer`; returns 0 at the end of the file.
    public mutating func read(
        into buffer: inout InputBuffer, atLeast minimum: Int
    ) throws(FileError) -> Int {
        var count = -1
        try attempt(.read) { number in
            count = unsafe buffer.fill(atLeast: minimum) { place in
                unsafe Glibc.read(number, place.baseAddress, place.count)
            }
            return count
        }
        return count
    }

    /// Writes all of `bytes`.
    public mutating func write(_ bytes: Span<UInt8>) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let rest = bytes.extracting(written...)
            var count = 0
            try attempt(.write) { number in
                count = unsafe rest.withUnsafeBytes { place in
                    unsafe Glibc.write(number, place.baseAddress, place.count)
                }
                return count
            }
            written += count
        }
    }

    /// Returns when everything written is on the disk.
    public mutating func synchronise() throws(FileError) {
        try attempt(.synchronise) { fsync($0) }
    }

    /// Cuts the file to `size` bytes.
    public mutating func truncate(to size: Int) throws(FileError) {
        try attempt(.truncate) { ftruncate($0, off_t(size)) }
    }

    /// Puts a directory's names on the disk: after a rename, so that it survives a power loss.
    public static func synchroniseDirectory(
        _ path: String, fault: FileFault? = nil
    ) throws(FileError) {
        var fault = fault
        try meet(&fault, .synchroniseDirectory, path)
        do throws(SystemError) {
            let number = try retrying {
                unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            }
            let directory = FileDescriptor(owning: number)
            try retrying { fsync(directory.number) }
        } catch {
            // Some file systems cannot synchronise a directory at all, and say so with EINVAL.
            if error.code == EINVAL { return }
            throw FileError(step: .synchroniseDirectory, path: path, cause: error)
        }
    }

    /// The whole content, up to `limit` bytes; a bigger file is `EFBIG`.
    public static func contents(
        of path: String, limit: Int = 64 << 20
    ) throws(FileError) -> ByteString {
        var file = try File(path, for: .reading)
        var buffer = InputBuffer()
        while try file.read(into: &buffer, atLeast: 65_536) > 0 {
            if buffer.count > limit {
                throw FileError(step: .read, path: path, cause: SystemError(code: EFBIG))
            }
        }
        return ByteString(buffer.readable)
    }

    /// The directory part of a path: `.` when there is none.
    public static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last part of a path.
    public static func name(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }

    private mutating func status() throws(FileError) -> stat {
        var status = stat()
        try attempt(.inspect) { unsafe fstat($0, &status) }
        return status
    }

    private mutating func attempt<Result: SignedInteger>(
        _ step: FileError.Step, _ call: (Int32) -> Result
    ) throws(FileError) {
        try File.meet(&fault, step, path)
        do throws(SystemError) {
            let number = descriptor.number
            try retrying { call(number) }
        } catch {
            throw FileError(step: step, path: path, cause: error)
        }
    }

    /// Counts a call, and fails it if it is the one that a test has chosen.
    static func meet(
        _ fault: inout FileFault?, _ step: FileError.Step, _ path: String
    ) throws(FileError) {
        guard let cause = fault?.cause else { return }
        fault?.callsLeft -= 1
        if fault?.callsLeft == 0 { throw FileError(step: step, path: path, cause: cause) }
    }
}
