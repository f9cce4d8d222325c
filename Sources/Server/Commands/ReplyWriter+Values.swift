import Bytes
import Protocol
import Storage

extension ReplyWriter {
    /// A stored string as a bulk string.
    @inline(__always)
    mutating func bulk(_ value: ValueReference) {
        if let integer = value.integer { return bulk(decimal: integer) }
        value.withBytes { bulk($0) }
    }
}

extension Changes {
    /// Sends `command` to replicas and the append log in place of the one that runs.
    mutating func propagate(_ command: [ByteString]) { propagation = .instead([command]) }
}
