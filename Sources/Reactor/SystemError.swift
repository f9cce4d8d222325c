import Glibc

/// What the kernel answered when it refused: an errno with its text.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The errno.
    public let code: Int32

    /// An error by its errno.
    public init(code: Int32) { self.code = code }

    /// The calling thread's errno, to be read right after the call that failed.
    public static var current: SystemError { SystemError(code: errno) }

    /// The C library's text, for instance `Connection refused`.
    public var description: String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }

    /// Whether nothing of that name is there.
    public var isMissing: Bool { code == ENOENT }

    /// Whether a non-blocking call had nothing to do yet.
    public var isWouldBlock: Bool { code == EAGAIN || code == EWOULDBLOCK }
}

/// Repeats a call that a signal interrupted; -1 becomes the error.
@inline(__always)
@discardableResult
func retrying<Result: SignedInteger>(_ call: () -> Result) throws(SystemError) -> Result {
    while true {
        let result = call()
        if result != -1 { return result }
        if errno != EINTR { throw .current }
    }
}
