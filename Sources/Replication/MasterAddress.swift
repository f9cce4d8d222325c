import Bytes

/// Where a master serves.
public struct MasterAddress: Hashable, Sendable, CustomStringConvertible {
    /// Host name or address, as it was given.
    public let host: ByteString
    /// TCP port.
    public let port: Int

    /// A host and a port.
    public init(host: ByteString, port: Int) {
        self.host = host
        self.port = port
    }

    /// `host:port`, for the log.
    public var description: String { "\(host.text):\(port)" }

    /// Whether both name the same place, letters compared without case.
    public func isSame(_ other: MasterAddress) -> Bool {
        port == other.port && host.text.lowercased() == other.host.text.lowercased()
    }
}
