import CLinux
import Glibc

/// Lets another thread wake a loop: an eventfd.
public struct Wakeup: ~Copyable, Sendable {
    /// Readable after `notify`, until `clear`.
    public let descriptor: FileDescriptor

    /// A fresh one, not notified.
    public init() throws(SystemError) {
        let number = try retrying { eventfd(0, Int32(O_CLOEXEC | O_NONBLOCK)) }
        descriptor = FileDescriptor(owning: number)
    }

    /// Wakes the loop; any thread may call it, any number of times.
    public func notify() {
        var one: UInt64 = 1
        // Full means that the loop has not yet looked: it will.
        _ = unsafe write(descriptor.number, &one, 8)
    }

    /// Takes the notification back; to be called before looking at what it announced.
    public func clear() {
        var count: UInt64 = 0
        _ = unsafe read(descriptor.number, &count, 8)
    }
}
