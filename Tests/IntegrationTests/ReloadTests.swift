import Foundation
import Protocol
import TestSupport
import Testing

/// What systemd sees of the daemons, and what SIGHUP does to them.
@Suite(.serialized) struct `Under a service manager` {
    @Test func `a server reloads its file, and says so`() throws {
        let directory = try TemporaryDirectory()
        let port = FreePorts.take()
        let head = "# mine\nbind 127.0.0.1\nport \(port)\nsave \"\"\ndir .\n"
        try directory.write(
            "redis.conf", head + "maxclients 100\ntimeout 10\ndatabases 16\nappendfsync no\n")
        let manager = try NotifySocket(in: directory)
        let server = try DaemonProcess(
            Binaries.program("rds-server"), ["redis.conf"], in: directory.path,
            environment: ["NOTIFY_SOCKET": manager.path])
        #expect(manager.next(with: "READY")["READY"] == "1")
        let connection = try Connection(port: port)
        try connection.call("CONFIG", "SET", "hz", "50")

        // Changed, gone, only with a restart, and untouched.
        try directory.write(
            "redis.conf", head + "maxclients 200\ndatabases 32\nappendfsync no\nmasterauth secret\n"
        )
        server.signal(SIGHUP)
        let reloading = manager.next(with: "RELOADING")
        #expect(reloading["RELOADING"] == "1")
        #expect(Int(reloading["MONOTONIC_USEC"] ?? "") ?? 0 > 0)
        #expect(manager.next(with: "READY")["READY"] == "1")
        func setting(_ name: String) throws -> ReplyValue {
            guard case .array(let pair) = try connection.call("CONFIG", "GET", name) else {
                return .null
            }
            return pair.last ?? .null
        }
        #expect(try setting("maxclients") == .bulk("200"))
        #expect(try setting("timeout") == .bulk("0"))
        #expect(try setting("databases") == .bulk("16"))
        #expect(try setting("hz") == .bulk("50"))
        #expect(try setting("masterauth") == .bulk("secret"))
        try server.waitForLog("redis.conf:6: maxclients 200: applied (was 100)")
        try server.waitForLog("timeout 0 (its line is gone): applied (was 10)")
        try server.waitForLog("redis.conf:7: databases 32: not applied: it changes with a restart")
        try server.waitForLog("redis.conf:9: masterauth ******: applied")
        try server.waitForLog("Configuration reloaded, directives changed: 3.")

        // One bad line, and nothing of it counts.
        try directory.write("redis.conf", head + "maxclients 300\ntimeout never\n")
        server.signal(SIGHUP)
        #expect(manager.next(with: "RELOADING")["RELOADING"] == "1")
        #expect(manager.next(with: "READY")["READY"] == "1")
        #expect(try setting("maxclients") == .bulk("200"))
        try server.waitForLog("Configuration not reloaded, nothing was changed: ")
        #expect(server.log.contains("redis.conf:7: 'timeout never': argument couldn't be parsed"))

        // Refused by the system: the port is taken.
        let taken = FreePorts.take()
        let other = try DaemonProcess(
            Binaries.program("rds-server"),
            ["--port", "\(taken)", "--bind", "127.0.0.1", "--save", ""], in: directory.path)
        try other.waitForLog("Ready to accept connections")
        try directory.write(
            "redis.conf", head.replacing("port \(port)", with: "port \(taken)") + "timeout 7\n")
        server.signal(SIGHUP)
        #expect(manager.next(with: "READY")["READY"] == "1")
        #expect(try setting("timeout") == .bulk("0"))
        try server.waitForLog("Restoring previous settings.")
        #expect(try Connection(port: port).call("PING") == .simpleString("PONG"))
    }

    @Test(arguments: ["SIGTERM", "SIGINT", "SHUTDOWN"])
    func `a server says early that it stops`(_ way: String) throws {
        let directory = try TemporaryDirectory()
        let port = FreePorts.take()
        let manager = try NotifySocket(in: directory)
        let server = try DaemonProcess(
            Binaries.program("rds-server"),
            ["--port", "\(port)", "--bind", "127.0.0.1", "--save", "900 1"], in: directory.path,
            environment: ["NOTIFY_SOCKET": manager.path])
        #expect(manager.next(with: "READY")["READY"] == "1")
        switch way {
        case "SIGTERM": server.signal(SIGTERM)
        case "SIGINT": server.signal(SIGINT)
        default: try Connection(port: port).send(["SHUTDOWN"])
        }
        let last = manager.next()
        #expect(last["STOPPING"] == "1")
        #expect(last["STATUS"]?.hasPrefix("Saving the final RDB snapshot") == true)
        #expect(try server.waitForEnd() == .exited(0))
    }

    @Test func `a sentinel reloads what an operator sets`() throws {
        let directory = try TemporaryDirectory()
        let ports = FreePorts.take(2)
        let head = "bind 127.0.0.1\nport \(ports[0])\n"
        try directory.write(
            "sentinel.conf",
            head + "sentinel monitor mine 127.0.0.1 \(ports[1]) 1\n"
                + "sentinel down-after-milliseconds mine 60000\n")
        let manager = try NotifySocket(in: directory)
        let sentinel = try DaemonProcess(
            Binaries.program("rds-sentinel"), ["sentinel.conf"], in: directory.path,
            environment: ["NOTIFY_SOCKET": manager.path])
        #expect(manager.next(with: "READY")["READY"] == "1")
        let connection = try Connection(port: ports[0])
        func field(_ name: String) throws -> String? {
            guard case .array(let words) = try connection.call("SENTINEL", "MASTER", "mine"),
                let index = words.firstIndex(of: .bulk(text: name))
            else { return nil }
            guard case .bulk(let value) = words[index + 1] else { return nil }
            return value.text
        }
        // The file holds the sentinel's state by now; the operator changes lines of it.
        let identity = try connection.call("SENTINEL", "MYID")
        let text = directory.read("sentinel.conf")
        let changed = text.replacing("mine 60000", with: "mine 70000")
            .replacing("port \(ports[0])", with: "port \(ports[0])\ntcp-backlog 99\ntimeout 44")
        #expect(changed != text)
        try directory.write("sentinel.conf", "# a remark\n" + changed)
        sentinel.signal(SIGHUP)
        #expect(manager.next(with: "RELOADING")["RELOADING"] == "1")
        #expect(manager.next(with: "READY")["READY"] == "1")
        #expect(try field("down-after-milliseconds") == "70000")
        #expect(try connection.call("SENTINEL", "MYID") == identity)
        try sentinel.waitForLog(
            "+set master mine 127.0.0.1 \(ports[1]) down-after-milliseconds 70000")
        try sentinel.waitForLog("sentinel.conf:5: timeout: applied")
        try sentinel.waitForLog("sentinel.conf:4: tcp-backlog: not applied")
        // What the sentinel writes keeps what the operator wrote.
        try connection.call("SENTINEL", "FLUSHCONFIG")
        #expect(directory.read("sentinel.conf").hasPrefix("# a remark\n"))

        let good = directory.read("sentinel.conf")
        try directory.write(
            "sentinel.conf",
            good.replacing("mine 70000", with: "mine 80000") + "sentinel nonsense\n")
        sentinel.signal(SIGHUP)
        #expect(manager.next(with: "READY")["READY"] == "1")
        #expect(try field("down-after-milliseconds") == "70000")
        try sentinel.waitForLog("Configuration not reloaded, nothing was changed: ")
        sentinel.signal(SIGTERM)
        #expect(manager.next(with: "STOPPING")["STOPPING"] == "1")
        #expect(try sentinel.waitForEnd() == .exited(0))
    }
}
