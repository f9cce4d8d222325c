/// What a look-up does with a key whose time has passed.
public enum ExpiryPolicy: Sendable {
    /// A master: the key is removed and recorded in `changes.expiredKeys`.
    case remove
    /// A replica, for its clients: the key looks missing and stays until the master deletes it.
    case hide
    /// The master's link on a replica, and loading: the key is there.
    case ignore
}

/// What a change of the value does to the key's time to live.
public enum ExpiryChange: Sendable {
    /// The key does not expire from now on.
    case clear
    /// As it was; a new key does not expire.
    case keep
    /// The key expires at this time, in milliseconds since 1970.
    case at(milliseconds: Int64)
}

/// For what a key is looked up.
public enum Access: Sendable {
    /// To read: counts a hit or a miss, sets the access clock.
    case read
    /// To read what is no use of the value (TTL, TYPE, OBJECT): counts a hit or a miss.
    case readWithoutTouch
    /// To change: sets the access clock.
    case write
    /// Leaves no trace but the removal of an expired key.
    case peek
}

/// What a round of active expiry did.
public struct ActiveExpiryResult: Sendable {
    /// Keys with a time to live that were looked at.
    public var examined = 0
    /// Keys that were removed.
    public var expired = 0
    /// More than a tenth of what was looked at had expired: another round soon is worth it.
    public var isWorthRepeating: Bool { expired * 10 > examined }
}
