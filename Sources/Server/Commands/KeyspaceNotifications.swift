import Bytes
import Storage

/// Keyspace notifications: what happens to keys, published for whoever subscribes.
///
/// Commands collect events in `Changes` while the mask asks for their class; the server publishes
/// them when the command has ended, in order, on `__keyspace@<db>__:<key>` (the event's name is
/// the message) and on `__keyevent@<db>__:<event>` (the key is the message).
public enum KeyspaceNotifications {
    /// The letters of the classes, in the order in which CONFIG GET prints them.
    private static let letters: [(Unicode.Scalar, KeyspaceEventMask)] = [
        ("g", .generic), ("$", .string), ("l", .list), ("s", .set), ("h", .hash),
        ("z", .sortedSet), ("x", .expired), ("e", .evicted), ("t", .stream), ("d", .module),
        ("n", .new), ("K", .keyspace), ("E", .keyevent), ("m", .keyMiss),
    ]

    /// The mask that the directive's text spells; nil when a letter names no class.
    public static func mask(_ text: String) -> KeyspaceEventMask? {
        var mask: KeyspaceEventMask = []
        for letter in text.unicodeScalars {
            if letter == "A" {
                mask.formUnion(.all)
            } else if let row = letters.first(where: { $0.0 == letter }) {
                mask.formUnion(row.1)
            } else {
                return nil
            }
        }
        return mask
    }

    /// The directive's text for a mask, as CONFIG GET prints it.
    public static func text(_ mask: KeyspaceEventMask) -> String {
        var text = ""
        let hasAll = mask.isSuperset(of: .all)
        if hasAll { text = "A" }
        for (letter, kind) in letters where mask.contains(kind) {
            // With all classes in one letter, Redis leaves new keys unnamed too.
            let isClass = kind != .keyspace && kind != .keyevent && kind != .keyMiss
            if hasAll && isClass { continue }
            text.unicodeScalars.append(letter)
        }
        return text
    }

    /// The classes that commands collect: none unless one of the two channels is on.
    public static func collected(_ mask: KeyspaceEventMask) -> KeyspaceEventMask {
        mask.isDisjoint(with: [.keyspace, .keyevent])
            ? [] : mask.subtracting([.keyspace, .keyevent])
    }

    /// Hands the channels and messages of one event to `publish`, the key's channel first.
    public static func publish(
        _ event: KeyspaceEvent, database: Int, mask: KeyspaceEventMask,
        _ publish: (_ channel: ByteString, _ message: ByteString) -> Void
    ) {
        let name = ByteString(event.name.description)
        if mask.contains(.keyspace) {
            publish(channel("keyspace", database, event.key), name)
        }
        if mask.contains(.keyevent) {
            publish(channel("keyevent", database, name), event.key)
        }
    }

    private static func channel(
        _ kind: StaticString, _ database: Int, _ suffix: ByteString
    ) -> ByteString {
        var channel = ByteString("__\(kind)@\(database)__:")
        channel.bytes.append(contentsOf: suffix.bytes)
        return channel
    }
}
