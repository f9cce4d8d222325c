import Bytes
import CommandCatalog
import Configuration

/// `rename-command`: a command under another name, or under none.
///
/// The catalog does not find such a command by its own name; what it does not find is looked up
/// here. So commands that keep their names pay nothing.
extension Server {
    /// Takes over what the settings rename; once, at start.
    mutating func nameRenamedCommands() {
        if settings.renamedCommands.isEmpty { return }
        let everything = CommandTable(for: .server)
        for renamed in settings.renamedCommands where !renamed.newName.isEmpty {
            renamedCommands[renamed.newName] = everything.find(renamed.name.bytes.span)
        }
    }

    /// The command that was given this name, in any case; nil for none.
    func renamedCommand(_ name: Span<UInt8>) -> CommandID? {
        if renamedCommands.isEmpty { return nil }
        return renamedCommands[ByteString(name).lowercased]
    }
}
