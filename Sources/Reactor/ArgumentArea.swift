import CLinux
import Glibc

/// The memory in which the kernel laid the program's arguments: what `ps` shows as the command.
///
/// ```
///   | argv[0] | 0 | argv[1] | 0 | ... | environment strings ... |
///   start                                                      end
/// ```
/// The environment is copied away first, so that a title may use its room too. Once, at the start,
/// before any thread; `CommandLine.arguments` are Swift's own copies and stay.
@safe public struct ArgumentArea: ~Copyable {
    private let start: UnsafeMutablePointer<CChar>
    private let count: Int

    /// Finds the area; nil when the strings are not laid out as expected.
    public init?() {
        // Swift copies the arguments on first use.
        _ = CommandLine.arguments
        let arguments = unsafe CommandLine.unsafeArgv
        guard let first = unsafe arguments[0] else { return nil }
        var end = unsafe first
        var index = 0
        while let argument = unsafe arguments[index] {
            if unsafe argument == end { unsafe end = argument + strlen(argument) + 1 }
            index += 1
        }
        guard let environment = unsafe clinux_environment() else { return nil }
        index = 0
        while let entry = unsafe environment[index] {
            if unsafe entry == end {
                unsafe end = entry + strlen(entry) + 1
                guard let copy = unsafe strdup(entry) else { return nil }
                unsafe environment[index] = copy
            }
            index += 1
        }
        let room = unsafe end - first
        if room < 2 { return nil }
        unsafe start = first
        count = room
    }

    /// Shows `title` as the command; what does not fit is cut.
    public func setTitle(_ title: String) {
        let bytes = Array(title.utf8.prefix(count - 1))
        unsafe memset(start, 0, count)
        for (index, byte) in bytes.enumerated() {
            unsafe start[index] = CChar(bitPattern: byte)
        }
    }
}
