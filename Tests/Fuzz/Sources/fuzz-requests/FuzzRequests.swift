import Bytes
import Determinism
import FuzzDriver
import FuzzPieces
import Protocol

/// What a stream of bytes parses to when it arrives in pieces of `size`.
private func parse(_ stream: [UInt8], size: Int) -> [[ByteString]] {
    var input = InputBuffer()
    var parser = RequestParser()
    var arena = RangeArena()
    var found: [[ByteString]] = []
    inPieces(stream, size: size, into: &input) { input in
        while let address = input.readableAddress {
            arena.removeAll()
            switch parser.parse(
                address, count: input.count, limits: RequestLimits(), into: &arena)
            {
            case .request(let length, let argumentCount):
                let request = Request(
                    base: address, ranges: arena.address(0), count: argumentCount,
                    now: UnixTime(microseconds: 0))
                found.append(OwnedRequest(request).arguments)
                input.consume(length)
            case .inline(let length, let arguments):
                found.append(arguments)
                input.consume(length)
            case .nothing(let length): input.consume(length)
            case .incomplete: return true
            case .failure: return false
            }
        }
        return true
    }
    return found
}

/// Requests: the same whatever the pieces, and what was parsed reads back when it is encoded.
@main struct FuzzRequests {
    static func main() {
        fuzz { data, count in
            let stream = bytes(data, count)
            guard let first = stream.first else { return 0 }
            let rest = Array(stream.dropFirst())
            let whole = parse(rest, size: max(rest.count, 1))
            precondition(parse(rest, size: max(Int(first), 1)) == whole, "pieces change nothing")
            var output = OutputBuffer()
            for arguments in whole { CommandEncoder.append(arguments, to: &output) }
            let encoded = ByteString(output.unsent).bytes
            precondition(
                parse(encoded, size: max(encoded.count, 1)) == whole, "what is encoded is parsed")
            return 0
        }
    }
}
