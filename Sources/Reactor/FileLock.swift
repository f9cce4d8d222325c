import Bytes
import Glibc

/// A lock on a file that lasts as long as its owner's process, whatever ends it.
///
/// The kernel keeps it (flock), so nothing has to be cleaned up after a crash; the file's content
/// is for those who find the lock taken.
public struct FileLock: ~Copyable {
    /// What an attempt came to.
    public enum Attempt: ~Copyable {
        /// The lock is ours.
        case taken(FileLock)
        /// Another process has it, and wrote this.
        case held(ByteString)
        /// The file cannot be had: no lock, and no knowledge.
        case unavailable
    }

    private let path: String
    private let descriptor: FileDescriptor

    private init(path: String, descriptor: consuming FileDescriptor) {
        self.path = path
        self.descriptor = descriptor
    }

    /// Takes the lock on the file at `path`, which gets this content.
    public static func take(_ path: String, content: ByteString) -> Attempt {
        let number = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        if number < 0 { return .unavailable }
        let descriptor = FileDescriptor(owning: number)
        if flock(number, LOCK_EX | LOCK_NB) != 0 {
            if errno != EWOULDBLOCK { return .unavailable }
            let found = try? File.contents(of: path, limit: 4096)
            return .held(found ?? ByteString())
        }
        _ = ftruncate(number, 0)
        _ = unsafe content.bytes.withUnsafeBytes { unsafe write(number, $0.baseAddress, $0.count) }
        return .taken(FileLock(path: path, descriptor: descriptor))
    }

    /// Removes the file; the lock goes with its owner.
    public func release() { unsafe unlink(path) }
}
