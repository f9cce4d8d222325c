import CLinux
import Glibc

/// Ctrl-C while messages are shown: it ends the messages and not the program.
///
/// As long as the value lives the signal is blocked and readable from a descriptor, so that it is
/// never missed between two waits.
struct Interrupts: ~Copyable {
    /// Readable once Ctrl-C was pressed; -1 when there is none.
    let descriptor: Int32

    /// Keeps Ctrl-C from ending the program.
    init() {
        var mask = Self.mask
        unsafe sigprocmask(SIG_BLOCK, &mask, nil)
        descriptor = unsafe signalfd(-1, &mask, Int32(SFD_CLOEXEC))
    }

    /// Ctrl-C ends the program again, but not one that was pressed before.
    deinit {
        if descriptor >= 0 {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if unsafe poll(&waiting, 1, 0) > 0 { consume() }
            _ = close(descriptor)
        }
        var mask = Self.mask
        unsafe sigprocmask(SIG_UNBLOCK, &mask, nil)
    }

    /// Takes note of one Ctrl-C.
    func consume() {
        var information = signalfd_siginfo()
        _ = unsafe read(descriptor, &information, MemoryLayout<signalfd_siginfo>.size)
    }

    private static var mask: sigset_t {
        var mask = sigset_t()
        unsafe sigemptyset(&mask)
        unsafe sigaddset(&mask, SIGINT)
        return mask
    }
}
