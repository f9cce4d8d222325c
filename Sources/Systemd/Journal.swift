import CSystemd

/// One entry of the journal: fields of the form `NAME=value`, in one flat buffer.
///
/// Source: sd_journal_send(3). Names are upper-case letters, digits and underscores; values are
/// any bytes.
public struct JournalEntry: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    /// An entry with its message and its priority: 3 error, 4 warning, 5 notice, 6 info, 7 debug.
    public init(message: String, priority: Int) {
        bytes.reserveCapacity(256)
        add("MESSAGE", message)
        add("PRIORITY", String(priority))
    }

    /// Adds a field.
    ///
    /// One whose name the journal would refuse is left out.
    public mutating func add(_ name: String, _ value: String) {
        guard JournalEntry.isName(name) else { return }
        bytes.append(contentsOf: name.utf8)
        bytes.append(0x3d)
        bytes.append(contentsOf: value.utf8)
        ends.append(bytes.count)
    }

    /// How many fields.
    public var count: Int { ends.count }

    /// Hands the entry to the journal; false when the journal did not take it.
    public func send() -> Bool {
        unsafe bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return false }
            var begin = 0
            var vectors: [iovec] = unsafe []
            for end in ends {
                let place = unsafe UnsafeMutableRawPointer(mutating: start + begin)
                unsafe vectors.append(iovec(iov_base: place, iov_len: end - begin))
                begin = end
            }
            return unsafe sd_journal_sendv(&vectors, Int32(vectors.count)) == 0
        }
    }

    /// The fields as they are handed over, for tests and for those who read along.
    public var fields: [String] {
        var begin = 0
        return ends.map { end in
            defer { begin = end }
            return String(decoding: bytes[begin..<end], as: UTF8.self)
        }
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first >= 0x41, first <= 0x5a, name.utf8.count <= 64
        else { return false }
        return name.utf8.allSatisfy {
            ($0 >= 0x41 && $0 <= 0x5a) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5f
        }
    }
}

/// Whether standard output or standard error is a stream into the journal.
public enum JournalStream {
    /// JOURNAL_STREAM names the device and the inode of one of the two.
    public static func isConnected() -> Bool {
        guard let text = unsafe getenv("JOURNAL_STREAM") else { return false }
        let words = unsafe String(cString: text).split(separator: ":").map { UInt64($0) }
        guard words.count == 2, let device = words[0], let inode = words[1] else { return false }
        for number: Int32 in [1, 2] {
            var status = stat()
            if unsafe fstat(number, &status) == 0, UInt64(status.st_dev) == device,
                UInt64(status.st_ino) == inode
            {
                return true
            }
        }
        return false
    }
}
