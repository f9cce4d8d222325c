import Bytes

/// `redis://[[user]:password@][host[:port]][/database]`.
public struct ServerURI: Equatable, Sendable {
    /// What the user name says; nil when there is none.
    public var user: ByteString?
    /// What the password says; nil when there is none.
    public var password: ByteString?
    /// The host; nil when the URI names none.
    public var host: String?
    /// The port; nil when the URI names none.
    public var port: Int?
    /// The database; nil when the URI names none.
    public var database: Int?

    /// Why a text is no such URI.
    public enum Failure: Error, Equatable, Sendable {
        /// It begins with another scheme.
        case scheme
        /// It wants encryption, which this program does not speak.
        case encrypted
        /// A `%` without two characters after it.
        case incompleteEncoding
        /// A `%` with something else than hexadecimal digits after it.
        case illegalEncoding

        /// What is printed for it.
        public var text: String {
            switch self {
            case .scheme: "Invalid URI scheme"
            case .encrypted: "rediss:// is only supported when rds-cli speaks TLS"
            case .incompleteEncoding: "Incomplete URI encoding"
            case .illegalEncoding: "Illegal character in URI encoding"
            }
        }
    }

    /// Reads the parts of the text.
    public init(_ text: ByteString) throws(Failure) {
        var rest = text.bytes[...]
        let lowered = text.text.lowercased()
        guard lowered.hasPrefix("redis://") else {
            throw lowered.hasPrefix("rediss://") ? .encrypted : .scheme
        }
        rest = rest.dropFirst(8)
        if let at = rest.firstIndex(of: UInt8(ascii: "@")) {
            let login = rest[..<at]
            rest = rest[(at + 1)...]
            if let colon = login.firstIndex(of: UInt8(ascii: ":")) {
                user = try Self.decoded(login[..<colon])
                password = try Self.decoded(login[(colon + 1)...])
            } else {
                password = try Self.decoded(login)
            }
        }
        guard !rest.isEmpty else { return }
        let slash = rest.firstIndex(of: UInt8(ascii: "/"))
        let address = rest[..<(slash ?? rest.endIndex)]
        if !address.isEmpty { take(address: address) }
        if let slash, slash + 1 < rest.endIndex {
            database = Self.leadingNumber(rest[(slash + 1)...])
        }
    }

    private mutating func take(address: ArraySlice<UInt8>) {
        var name = address
        if address.first == UInt8(ascii: "["), let end = address.firstIndex(of: UInt8(ascii: "]")) {
            name = address[(address.startIndex + 1)..<end]
            let after = address[(end + 1)...]
            if after.first == UInt8(ascii: ":") { port = Self.leadingNumber(after.dropFirst()) }
        } else if let colon = address.firstIndex(of: UInt8(ascii: ":")) {
            name = address[..<colon]
            port = Self.leadingNumber(address[(colon + 1)...])
        }
        host = String(decoding: name, as: UTF8.self)
    }

    /// The number that the text begins with; 0 when it begins with none.
    static func leadingNumber(_ text: ArraySlice<UInt8>) -> Int {
        ClientOptions.leadingNumber(ByteString(Array(text)))
    }

    private static func decoded(_ text: ArraySlice<UInt8>) throws(Failure) -> ByteString {
        var bytes: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            guard text[index] == UInt8(ascii: "%") else {
                bytes.append(text[index])
                index += 1
                continue
            }
            guard index + 2 < text.endIndex else { throw .incompleteEncoding }
            let digits = String(decoding: text[(index + 1)...(index + 2)], as: UTF8.self)
            guard let byte = UInt8(digits, radix: 16) else { throw .illegalEncoding }
            bytes.append(byte)
            index += 3
        }
        return ByteString(bytes)
    }
}
