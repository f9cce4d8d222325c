import Foundation
import TestSupport
import Testing

/// What becomes of a master that was killed and comes back, with real processes.
@Suite(.serialized) struct `A master that comes back` {
    @Test func `is followed up within three seconds, without a full resynchronisation`() throws {
        let group = try Group(
            servers: [.ours, .ours, .ours], sentinels: [.ours, .ours, .ours], downAfter: 5000)
        let first = try Connection(port: group.servers[0])
        for number in 0..<100 { try first.call("SET", "key:\(number)", "value") }
        try first.call("SAVE")
        try first.call("SET", "later", "value")
        #expect(try first.call("WAIT", "2", "5000") == .integer(2))
        let killed = Date()
        let master = try group.failOver()
        // The refusal counts: nothing waited for down-after.
        #expect(Date().timeIntervalSince(killed) < 4)
        let full = try Connection(port: master).info("sync_full")
        let started = Date()
        try group.restartServer(0)
        try eventually("the old master follows", seconds: 30, log: group.logs) { () -> Bool in
            let connection = try Connection(port: group.servers[0])
            return try connection.info("role") == "slave"
                && connection.info("master_port") == "\(master)"
                && connection.info("master_link_status") == "up"
        }
        #expect(Date().timeIntervalSince(started) < 3)
        #expect(try Connection(port: master).info("sync_full") == full)
        #expect(
            try Connection(port: group.servers[0]).call("GET", "later") == .bulk("value"))
    }
}
