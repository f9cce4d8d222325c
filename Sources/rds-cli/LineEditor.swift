import Bytes
import CEdit
import CommandCatalog
import CommandLineClient
import Glibc

/// Lines typed at the terminal: editing and history by libedit, completion and hints out of the
/// table of commands.
///
/// A hint is what the command still takes. It stands in grey behind the end of the line while a key
/// is waited for, and is gone before libedit learns of the key:
/// ```
///   draw hint, cursor back ─► libedit waits for a key ─► erase to the end of the row ─► the key
/// ```
@safe struct LineEditor: ~Copyable {
    /// What help and completion know; read when the first of them is asked for.
    static let help = CommandHelp(CommandTable(for: .client))
    private static let historySize: Int32 = 100

    /// What libedit's callbacks see.
    @safe private struct State {
        var prompt: UnsafeMutablePointer<CChar>?
        var hasHints = true
        /// Whether hints can be shown at all.
        let canShowHints = Terminal.canMoveCursor
    }

    private let state: UnsafeMutablePointer<State>
    private let editor: OpaquePointer
    private let lines: OpaquePointer

    /// Takes the terminal; nil when libedit cannot.
    init?() {
        let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
        unsafe state.initialize(to: State())
        let opened = unsafe edit_open(
            "rds-cli", state,
            { editor in unsafe LineEditor.state(of: editor)?.pointee.prompt },
            { editor, _ in unsafe LineEditor.complete(editor) })
        guard let editor = unsafe opened,
            let lines = unsafe edit_open_history(editor, Self.historySize)
        else {
            if let editor = unsafe opened { unsafe el_end(editor) }
            unsafe state.deallocate()
            return nil
        }
        unsafe self.state = state
        unsafe self.editor = editor
        unsafe self.lines = lines
        unsafe edit_set_reader(editor) { editor, key in unsafe LineEditor.readKey(editor, key) }
    }

    deinit {
        unsafe el_end(editor)
        unsafe history_end(lines)
        unsafe free(state.pointee.prompt)
        unsafe state.deallocate()
    }

    /// Whether hints are shown: `:set hints`, `:set nohints`.
    var hasHints: Bool {
        get { unsafe state.pointee.hasHints }
        set { unsafe state.pointee.hasHints = newValue }
    }

    /// Reads a line with editing; nil at the end of input.
    func readLine(prompt: String) -> [UInt8]? {
        unsafe free(state.pointee.prompt)
        unsafe state.pointee.prompt = strdup(prompt)
        var count: Int32 = 0
        guard let line = unsafe el_gets(editor, &count), count > 0 else { return nil }
        let bytes = unsafe Streams.bytes(of: line)
        return bytes.last == 0x0a ? Array(bytes.dropLast()) : bytes
    }

    /// Puts a line where the arrow keys find it.
    func remember(_ line: [UInt8]) {
        let terminated = line.map { CChar(bitPattern: $0) } + [0]
        unsafe edit_remember(lines, terminated)
    }

    // MARK: What libedit calls

    private static func state(of editor: OpaquePointer?) -> UnsafeMutablePointer<State>? {
        guard let state = unsafe edit_state(editor) else { return nil }
        return unsafe state.assumingMemoryBound(to: State.self)
    }

    /// The line up to the cursor, and behind it.
    private static func line(_ editor: OpaquePointer?) -> (before: String, after: Int)? {
        guard let line = unsafe el_line(editor)?.pointee, let start = unsafe line.buffer,
            let cursor = unsafe line.cursor, let end = unsafe line.lastchar
        else { return nil }
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: cursor - start)
        return unsafe (String(decoding: bytes, as: UTF8.self), end - cursor)
    }

    /// Reads a key while the hint is shown; answers what libedit's own reading does.
    private static func readKey(
        _ editor: OpaquePointer?, _ key: UnsafeMutablePointer<wchar_t>?
    )
        -> Int32
    {
        let isShown = unsafe showHint(editor)
        unsafe edit_set_reader(editor, nil)
        let count = unsafe el_wgetc(editor, key)
        unsafe edit_set_reader(editor) { editor, key in unsafe LineEditor.readKey(editor, key) }
        if isShown { Streams.write("\u{1b}[K") }
        return count
    }

    /// Shows the hint if the cursor is at the line's end and the rest of its row has room.
    private static func showHint(_ editor: OpaquePointer?) -> Bool {
        guard let state = unsafe state(of: editor)?.pointee, state.hasHints,
            state.canShowHints, let prompt = unsafe state.prompt, !Terminal.hasKeysWaiting,
            let (line, after) = unsafe line(editor), after == 0,
            let hint = help.hint(behind: line)
        else { return false }
        let columns = Terminal.columns
        let used = unsafe (Int(strlen(prompt)) + line.unicodeScalars.count) % columns
        // The last column stays empty: a terminal would go on in the next row.
        let room = columns - used - 1
        if room < 1 { return false }
        Streams.write("\u{1b}7\u{1b}[90m\(hint.prefix(room))\u{1b}[0m\u{1b}8")
        return true
    }

    /// Completes the line up to the cursor as far as all that may follow agrees, or lists that.
    private static func complete(_ editor: OpaquePointer?) -> UInt8 {
        guard let (line, _) = unsafe line(editor) else { return UInt8(CC_ERROR) }
        let matches = help.completions(of: line)
        guard let first = matches.first else { return UInt8(CC_ERROR) }
        let common = matches.dropFirst().reduce(first) { common, other in
            String(zip(common, other).prefix { $0 == $1 }.map(\.0))
        }
        if common.count > line.count || (matches.count == 1 && common != line) {
            unsafe el_deletestr(editor, Int32(line.unicodeScalars.count))
            return unsafe el_insertstr(editor, common) == 0
                ? UInt8(CC_REFRESH) : UInt8(CC_ERROR)
        }
        if matches.count == 1 { return UInt8(CC_NORM) }
        list(matches)
        return UInt8(CC_REDISPLAY)
    }

    /// Shows what may follow, in as many columns as there is room for.
    private static func list(_ matches: [String]) {
        let width = (matches.map(\.count).max() ?? 0) + 2
        let perRow = max(Terminal.columns / width, 1)
        var text = "\n"
        for (index, match) in matches.enumerated() {
            let isLast = index % perRow == perRow - 1 || index == matches.count - 1
            text += match
            text += isLast ? "\n" : String(repeating: " ", count: width - match.count)
        }
        Streams.write(text)
    }
}
