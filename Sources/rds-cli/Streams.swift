import Bytes
import Glibc

/// Standard output and standard error, written at once.
enum Streams {
    /// Writes to standard output.
    static func write(_ bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }

    /// Writes to standard output.
    static func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes a line to standard error.
    static func warn(_ text: String) { write(Array((text + "\n").utf8), to: STDERR_FILENO) }

    /// Writes a line of bytes from outside to standard error.
    static func warn(_ text: ByteString) { write(text.bytes + [0x0a], to: STDERR_FILENO) }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        unsafe bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            var offset = 0
            while offset < buffer.count {
                let written = unsafe Glibc.write(descriptor, base + offset, buffer.count - offset)
                if written < 0 {
                    if errno == EINTR || errno == EAGAIN { continue }
                    return
                }
                offset += written
            }
        }
    }

    /// All of standard input.
    static func readAllOfInput() -> ByteString {
        var bytes: [UInt8] = []
        while let chunk = readInput(), !chunk.isEmpty { bytes += chunk }
        return ByteString(bytes)
    }

    /// Some of standard input; empty at its end, nil when reading fails.
    static func readInput(_ limit: Int = 65_536) -> [UInt8]? {
        while true {
            var count = 0
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
                count = unsafe read(STDIN_FILENO, buffer.baseAddress, limit)
                filled = max(count, 0)
            }
            if count < 0 && errno == EINTR { continue }
            return count < 0 ? nil : chunk
        }
    }

    /// The value of a variable of the environment; nil when it is not set.
    static func environment(_ name: String) -> ByteString? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe ByteString(bytes(of: value))
    }

    /// The bytes of a C string.
    static func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
        unsafe UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
    }

    /// What the system says about an error number.
    static func text(ofError number: Int32) -> String {
        guard let text = unsafe strerror(number) else { return "error \(number)" }
        return unsafe String(cString: text)
    }
}
