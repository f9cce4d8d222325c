import Foundation

/// Ports of 127.0.0.1 that nobody listens on.
///
/// Each is handed out once in a process, from a range that starts at a place of the process's own,
/// so that tests that run side by side do not meet.
public enum FreePorts {
    private static let lock = NSLock()
    nonisolated(unsafe) private static var next = 20_000 + Int(getpid()) % 90 * 100

    /// A free port, between 20000 and 29999.
    public static func take() -> Int {
        lock.lock()
        defer { lock.unlock() }
        while true {
            next += 1
            if next >= 30_000 { next = 20_000 }
            if isFree(next) { return next }
        }
    }

    /// `count` free ports.
    public static func take(_ count: Int) -> [Int] { (0..<count).map { _ in take() } }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
