import Bytes
import Server
import Storage
import Testing

@Suite struct `Keyspace notifications` {
    @Test(arguments: [
        ("", ""), ("KEA", "AKE"), ("AKE", "AKE"), ("Kg$", "g$K"), ("mE", "Em"), ("KEAn", "AKE"),
        ("xnK", "xnK"), ("Kg$lshzxetd", "AK"), ("AKEm", "AKEm"),
    ])
    func `read and print the directive as Redis does`(_ text: String, _ printed: String) {
        #expect(KeyspaceNotifications.mask(text).map(KeyspaceNotifications.text) == printed)
    }

    @Test func `refuse a letter that is no class`() {
        #expect(KeyspaceNotifications.mask("KEQ") == nil)
    }

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
