import CLinux
import Glibc

/// A signal that the loop answers.
public enum Signal: Sendable {
    /// SIGTERM: stop, after saving.
    case terminate
    /// SIGINT: the same, from a keyboard.
    case interrupt
    /// SIGHUP: read the configuration again.
    case hangup
}

/// Signals as something that becomes readable.
///
/// Made before any thread starts: the mask is inherited, and a signal that some other thread does
/// not block would take its default action.
public struct Signals: ~Copyable {
    /// Readable while a signal waits.
    public let descriptor: FileDescriptor

    /// Blocks SIGTERM, SIGINT and SIGHUP, ignores SIGPIPE, and opens the descriptor.
    public init() throws(SystemError) {
        signal(SIGPIPE, SIG_IGN)
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&set, number) }
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        let number = try retrying {
            unsafe signalfd(-1, &set, Int32(O_CLOEXEC | O_NONBLOCK))
        }
        descriptor = FileDescriptor(owning: number)
    }

    /// The next signal that waits; nil when none does.
    public func next() -> Signal? {
        var information = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        guard unsafe read(descriptor.number, &information, size) == size else { return nil }
        switch Int32(bitPattern: information.ssi_signo) {
        case SIGTERM: return .terminate
        case SIGINT: return .interrupt
        default: return .hangup
        }
    }

    /// Undoes the mask in a process that is about to execute another program.
    public static func unblockAll() {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe pthread_sigmask(SIG_SETMASK, &set, nil)
    }
}
