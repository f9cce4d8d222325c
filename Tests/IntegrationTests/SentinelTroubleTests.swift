import Foundation
import TestSupport
import Testing

/// What is no failure of the master, with real processes.
@Suite(.serialized) struct `Sentinels in trouble` {
    @Test func `a wrong password is a state of its own, and no reason to fail over`() throws {
        let group = try Group(
            servers: [.ours, .ours], sentinels: [.ours, .ours, .ours], downAfter: 2000)
        for directive in ["masterauth", "requirepass"] {
            for port in group.servers {
                let server = try Connection(port: port)
                #expect(
                    try server.call("CONFIG", "SET", directive, "secret") == .simpleString("OK"))
            }
        }
        try setPassword("wrong", group)
        for port in group.sentinels {
            try eventually("sentinel \(port) is refused", seconds: 30, log: group.logs) {
                try group.masterFields(of: port)["access-error"]?.hasPrefix("NOAUTH") == true
            }
        }
        let start = Date()
        try eventually("down-after passes a few times", log: group.logs) {
            Date().timeIntervalSince(start) > 6
        }
        for port in group.sentinels {
            #expect(try group.masterPort(by: port) == group.servers[0])
        }
        #expect(!group.logs.contains("+try-failover"))
        try setPassword("secret", group)
        for port in group.sentinels {
            try eventually("sentinel \(port) watches again", seconds: 30, log: group.logs) {
                try group.masterFields(of: port)["flags"] == "master"
            }
        }
    }

    private func setPassword(_ password: String, _ group: Group) throws {
        for port in group.sentinels {
            #expect(
                try Connection(port: port)
                    .call("SENTINEL", "SET", Group.name, "auth-pass", password)
                    == .simpleString("OK"))
        }
    }
}
