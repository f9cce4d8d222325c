import Bytes
import Storage

/// Keyspace notifications: what happens to keys, published for whoever subscribes.
///
/// Commands collect events in `Changes` while the mask asks for their class; the server publishes
/// them when the command has ended, in order, on `__keyspace@<db>__:<key>` (the event's name is
/// the message) and on `__keyevent@<db>__:<event>` (the key is the message).
public enum KeyspaceNotifications {
    /// Hands the channels and messages of one event to `publish`, the key's channel first.
    public static func publish(
        _ event: KeyspaceEvent, database: Int, mask: KeyspaceEventMask,
        _ publish: (_ channel: ByteString, _ message: ByteString) -> Void
    ) {
        let name = ByteString(event.name.description)
        let database = event.otherDatabase ?? database
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
