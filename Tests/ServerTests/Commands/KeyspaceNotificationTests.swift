import Bytes
import Server
import Storage
import Testing

@Suite struct `Keyspace notifications` {
    @Test func `are published on the key's channel, then on the event's`() {
        var changes = Changes()
        changes.eventMask = [.keyspace, .keyevent, .string]
        changes.notify(.string, "set", Array("k".utf8).span)
        changes.notify(.generic, "del", Array("k".utf8).span)
        var published: [String] = []
        for event in changes.events {
            KeyspaceNotifications.publish(event, database: 3, mask: changes.eventMask) {
                published.append("\($0) \($1)")
            }
        }
        #expect(published == ["__keyspace@3__:k set", "__keyevent@3__:set k"])
    }
}
