import Bytes
import FuzzDriver
import FuzzPieces
import Protocol

private func parse(_ stream: [UInt8], size: Int) -> [ReplyValue] {
    var limits = ReplyLimits()
    limits.bulkLength = 1 << 20
    limits.elementCount = 1 << 16
    var parser = ReplyParser(limits: limits)
    var input = InputBuffer()
    var found: [ReplyValue] = []
    inPieces(stream, size: size, into: &input) { input in
        do throws(ReplyError) {
            while let value = try parser.next(from: &input) { found.append(value) }
            return true
        } catch {
            return false
        }
    }
    return found
}

/// Replies: the same whatever the pieces, never more than the limits allow.
@main struct FuzzReplies {
    static func main() {
        fuzz { data, count in
            let stream = bytes(data, count)
            guard let first = stream.first else { return 0 }
            let rest = Array(stream.dropFirst())
            let whole = parse(rest, size: max(rest.count, 1))
            // Not-a-number is equal to nothing: texts are compared.
            precondition(
                "\(parse(rest, size: max(Int(first), 1)))" == "\(whole)", "pieces change nothing")
            return 0
        }
    }
}
