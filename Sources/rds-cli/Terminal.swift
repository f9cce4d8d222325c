import Bytes
import Glibc

/// The terminal that the user sits at.
enum Terminal {
    /// Whether it shows colours.
    static var hasColor: Bool { Streams.environment("TERM")?.text.contains("xterm") ?? false }

    /// Whether standard input is a terminal.
    static var isInput: Bool { isatty(STDIN_FILENO) != 0 }

    /// Whether the cursor can be moved about.
    static var canMoveCursor: Bool {
        let name = Streams.environment("TERM")?.text ?? ""
        return !["", "dumb", "cons25", "emacs"].contains(name)
    }

    /// How wide it is; 80 columns when it does not tell.
    static var columns: Int {
        var size = winsize()
        let isKnown = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
        return isKnown && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    /// Whether keys were pressed that nobody has read: a pasted text, for one.
    static var hasKeysWaiting: Bool {
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&input, 1, 0) > 0
    }

    /// Makes keys readable as they are pressed, unseen; answers what `restore` takes.
    static func readKeysAtOnce() -> termios? {
        var settings = termios()
        guard isInput, unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        var changed = settings
        changed.c_lflag &= ~tcflag_t(ECHO | ICANON)
        _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &changed)
        return settings
    }

    /// Brings back what `readKeysAtOnce` changed.
    static func restore(_ settings: termios?) {
        guard var settings else { return }
        _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    /// Asks for a password, showing a star for each character.
    static func askPassword(_ question: String) -> ByteString {
        var typed: [UInt8] = []
        guard isInput else { return ByteString(readLine() ?? "") }
        Streams.write(question)
        let before = readKeysAtOnce()
        defer {
            restore(before)
            Streams.write("\n")
        }
        while let byte = Streams.readInput(1)?.first {
            switch byte {
            case 0x0a, 0x0d, 0x04:
                return ByteString(typed)
            case 0x7f, 0x08:
                if !typed.isEmpty {
                    typed.removeLast()
                    Streams.write("\u{8} \u{8}")
                }
            default:
                typed.append(byte)
                Streams.write("*")
            }
        }
        return ByteString(typed)
    }
}
