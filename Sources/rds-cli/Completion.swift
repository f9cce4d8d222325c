import CEdit
import CommandCatalog
import CommandLineClient
import Glibc

/// Completion of lines by libedit, out of the table of commands.
enum Completion {
    /// What help and completion know; read when the first of them is asked for.
    static let help = CommandHelp(CommandTable(for: .client))

    /// Prepares line editing.
    static func prepare() {
        unsafe edit_prepare { text, _, _ in
            edit_complete_nothing_else()
            guard let text = unsafe text else { return nil }
            return unsafe Completion.matches(of: String(cString: text))
        }
    }

    /// An array for libedit, which frees it and its strings: what all have in common, then each.
    private static func matches(
        of line: String
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
        let lines = help.completions(of: line)
        guard let first = lines.first else { return nil }
        let common = lines.dropFirst().reduce(first) { common, other in
            String(zip(common, other).prefix { $0 == $1 }.map(\.0))
        }
        let size = unsafe MemoryLayout<UnsafeMutablePointer<CChar>?>.stride
        guard let room = unsafe calloc(lines.count + 2, size) else { return nil }
        let array = unsafe room.assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self)
        unsafe array[0] = unsafe strdup(common)
        for (index, line) in lines.enumerated() { unsafe array[index + 1] = unsafe strdup(line) }
        return unsafe array
    }

    /// Reads a line with editing; nil at the end of input.
    static func readLine(prompt: String) -> [UInt8]? {
        guard let line = unsafe readline(prompt) else { return nil }
        defer { unsafe free(line) }
        return unsafe Streams.bytes(of: line)
    }

    /// Puts a line where the arrow keys find it.
    static func remember(_ line: [UInt8]) {
        let terminated = line.map { CChar(bitPattern: $0) } + [0]
        _ = unsafe add_history(terminated)
    }
}
