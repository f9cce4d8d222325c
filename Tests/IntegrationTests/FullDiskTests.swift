import Foundation
import TestSupport
import Testing

/// What happens when nothing can be stored, and that it is over when there is room again.
@Suite(
    .serialized,
    .enabled(if: SmallDisk.isAvailable, "mounting a small file system takes root"))
struct `A full disk` {
    @Test func `costs a sentinel its vote, and nothing once there is room`() throws {
        let disk = try SmallDisk(kilobytes: 256)
        let group = try Group(
            servers: [.ours, .ours, .ours], sentinels: [.ours, .ours, .ours],
            disks: [1: disk, 2: disk])
        let full = group.sentinels.dropFirst()
        try disk.fill()
        group.serverProcesses[0].kill()
        // The first one stands; the others are asked for votes that they cannot store.
        try eventually("it is told that the disk is full", seconds: 30, log: group.logs) {
            try full.allSatisfy {
                try group.masterFields(of: $0)["config-error"] == "No space left on device"
                    && Connection(port: $0).info("sentinel_config_last_write_status") == "err"
            }
        }
        for process in group.sentinelProcesses.dropFirst() {
            #expect(!process.log.contains("+vote-for-leader"))
            #expect(
                process.log.split(separator: "\n").count { $0.contains("not able to save") } == 1)
        }
        #expect(!group.logs.contains("+elected-leader"))
        for port in group.sentinels {
            #expect(try group.masterPort(by: port) == group.servers[0])
        }
        try disk.empty()
        try eventually("another master is elected", seconds: 60, log: group.logs) {
            let named = try Set(group.sentinels.map { try group.masterPort(by: $0) })
            return named.count == 1 && named != [group.servers[0]]
        }
        try eventually("the state is stored", log: group.logs) {
            try full.allSatisfy {
                try group.masterFields(of: $0)["config-error"] == nil
                    && Connection(port: $0).info("sentinel_config_last_write_status") == "ok"
            }
        }
    }

    @Test func `stops a server's writes until a snapshot succeeds`() throws {
        let disk = try SmallDisk(kilobytes: 256)
        let directory = try TemporaryDirectory()
        let port = FreePorts.take()
        let process = try DaemonProcess(
            Binaries.program("rds-server"),
            ["--port", "\(port)", "--bind", "127.0.0.1", "--dir", disk.path, "--save", "1 1"],
            in: directory.path)
        let connection = try eventually("the server serves", log: process.log) {
            let connection = try Connection(port: port)
            return try connection.call("PING") == .simpleString("PONG") ? connection : nil
        }
        try disk.fill()
        try eventually("a snapshot fails, and writes are refused", log: process.log) {
            "\(try connection.call("SET", "key", "value"))".contains("MISCONF")
        }
        #expect(try connection.info("rdb_last_bgsave_status") == "err")
        #expect(try connection.call("GET", "key").bytes == "value")
        try disk.empty()
        try eventually("writes are taken again", log: process.log) {
            try connection.call("SET", "key", "other") == .simpleString("OK")
        }
        #expect(try connection.info("rdb_last_bgsave_status") == "ok")
    }
}
