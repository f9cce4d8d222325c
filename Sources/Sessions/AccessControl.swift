import Bytes

/// Who may do what: today the one user `default` with the password of `requirepass`.
///
/// ACL users belong here: a user is a name, its passwords, and rules over commands, keys and
/// channels; `authenticate` and `defaultUserNeedsPassword` stay the two questions that sessions ask.
public struct AccessControl: Sendable {
    /// The name of the user that every connection begins as.
    public static let defaultUserName: ByteString = "default"

    /// The password of `requirepass`; empty: none is needed.
    public var password: ByteString

    /// The default user alone, with `password`, or without one if it is empty.
    public init(password: ByteString = ByteString()) { self.password = password }

    /// Whether a new connection must authenticate before it may do anything.
    @inlinable
    public var defaultUserNeedsPassword: Bool { !password.isEmpty }

    /// Whether a user of this name exists.
    public func userExists(_ name: Span<UInt8>) -> Bool {
        AccessControl.defaultUserName.equals(name)
    }

    /// Whether `secret` is a password of the user `name`; any will do for a user that needs none.
    public func authenticate(user name: Span<UInt8>, password secret: Span<UInt8>) -> Bool {
        guard userExists(name) else { return false }
        return !defaultUserNeedsPassword || AccessControl.areEqual(password.bytes.span, secret)
    }

    /// Compares in a time that tells nothing of the bytes of `expected`, only of the length offered.
    static func areEqual(_ expected: Span<UInt8>, _ offered: Span<UInt8>) -> Bool {
        var difference = UInt(bitPattern: expected.count ^ offered.count)
        for index in offered.indices {
            // Wraps around, so that a longer offer costs the same for every expected length.
            let other = expected.isEmpty ? 0 : expected[index % expected.count]
            difference |= UInt(offered[index] ^ other)
        }
        return difference == 0
    }
}
