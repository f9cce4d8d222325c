import Bytes
import Protocol
import Replication
import Sessions

/// REPLCONF: what a replica tells before PSYNC, acknowledgements, and a master's request for one.
extension Server {
    /// The longest address that a replica may announce.
    private static let maximumAddressLength = 255

    mutating func replconf(_ request: borrowing Request, _ id: SessionID) {
        guard request.count % 2 == 1 else {
            return sessions[id].reply.error("ERR syntax error")
        }
        var announcement = roles.replicas.announcement(of: id.bits)
        var index = 1
        while index < request.count {
            let option = request[index]
            if option.equalsIgnoringCase("ack") { return acknowledge(request, index, id) }
            if option.equalsIgnoringCase("getack") {
                roles.wantsAcknowledgement = id == roles.masterSession
                return
            }
            guard announce(request, index, &announcement, id) else { return }
            index += 2
        }
        roles.replicas.announce(announcement, session: id.bits)
        sessions[id].reply.ok()
    }

    /// Reads one option and its value; false after an error was replied.
    private mutating func announce(
        _ request: borrowing Request, _ index: Int, _ announcement: inout ReplicaAnnouncement,
        _ id: SessionID
    ) -> Bool {
        let option = request[index]
        let value = request[index + 1]
        if option.equalsIgnoringCase("listening-port") {
            guard let port = DecimalText.parse(value) else { return notAnInteger(id) }
            announcement.listeningPort = port
        } else if option.equalsIgnoringCase("ip-address") {
            guard value.count < Self.maximumAddressLength else {
                sessions[id].reply.error(
                    text: "ERR REPLCONF ip-address provided by replica instance is too long: "
                        + "\(value.count) bytes")
                return false
            }
            announcement.address = value.isEmpty ? nil : ByteString(value)
        } else if option.equalsIgnoringCase("capa") {
            // What is not understood is ignored: later versions have more.
            if value.equalsIgnoringCase("eof") { announcement.readsMarkedSnapshots = true }
            if value.equalsIgnoringCase("psync2") { announcement.understandsRenaming = true }
            if value.equalsIgnoringCase("rdb11") { announcement.snapshotVersion = 11 }
        } else if option.equalsIgnoringCase("version") {
            // Valkey from 8.0 on says its version here, and reads RDB 11.
            let major = value.text.split(separator: ".").first.flatMap { Int($0) } ?? 0
            if major >= 8 { announcement.snapshotVersion = 11 }
        } else if option.equalsIgnoringCase("rdb-only") {
            guard let flag = DecimalText.parse(value) else { return notAnInteger(id) }
            guard flag == 0 || flag == 1 else {
                sessions[id].reply.error("ERR value is out of range")
                return false
            }
            announcement.wantsSnapshotOnly = flag == 1
        } else {
            sessions[id].reply.error(
                text: "ERR Unrecognized REPLCONF option: \(option.text)")
            return false
        }
        return true
    }

    private mutating func notAnInteger(_ id: SessionID) -> Bool {
        sessions[id].reply.error("ERR value is not an integer or out of range")
        return false
    }

    /// An acknowledgement is never answered.
    private mutating func acknowledge(
        _ request: borrowing Request, _ index: Int, _ id: SessionID
    ) {
        guard sessions[id].flags.contains(.replica), let offset = request.integer(index + 1)
        else { return }
        var onDisk: Int?
        if request.count > index + 3, request[index + 2].equalsIgnoringCase("fack") {
            onDisk = request.integer(index + 3)
        }
        let line = roles.replicas.acknowledge(
            id.bits, offset: offset, onDisk: onDisk, at: now.instant)
        if let line { log(line) }
    }
}
