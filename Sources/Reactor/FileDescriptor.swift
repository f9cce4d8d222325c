import Glibc

/// An open descriptor with one owner, closed when its owner goes.
public struct FileDescriptor: ~Copyable, Sendable {
    /// The kernel's number, valid as long as the owner lives.
    public let number: Int32

    /// Takes over a descriptor that is open and that nobody else closes.
    public init(owning number: Int32) { self.number = number }

    deinit { _ = close(number) }

    /// Gives the number away: who takes it closes it.
    public consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }
}
