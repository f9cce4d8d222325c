import Bytes
import Consensus
import Protocol

/// One connection that the sentinel asked for: its buffers, and whether it is established.
struct Link: ~Copyable {
    /// What a node may send at most: an INFO with thousands of replicas is well below.
    static var limits: ReplyLimits {
        var limits = ReplyLimits()
        limits.bulkLength = 16 << 20
        limits.elementCount = 4096
        limits.depth = 8
        return limits
    }

    /// The machine's name for it.
    let id: LinkID
    var input = InputBuffer()
    var output = OutputBuffer()
    var parser = ReplyParser(limits: Link.limits)
    var isConnected = false
    /// Whether commands were encoded since it was last written to.
    var isSpoken = false

    init(id: LinkID) { self.id = id }

    /// The next whole reply that came in.
    mutating func nextReply() throws(ReplyError) -> ReplyValue? { try parser.next(from: &input) }
}
