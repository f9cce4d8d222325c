import Glibc

/// The two streams that every process begins with for what it has to say.
public enum StandardStream: Int32, Sendable {
    /// Standard output.
    case output = 1
    /// Standard error.
    case error = 2

    /// Writes all of `text`, if somebody reads it.
    public func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var done = 0
            while done < bytes.count, let start = bytes.baseAddress {
                let count = unsafe Glibc.write(rawValue, start + done, bytes.count - done)
                if count <= 0 && errno != EINTR { return }
                done += max(count, 0)
            }
        }
    }
}
