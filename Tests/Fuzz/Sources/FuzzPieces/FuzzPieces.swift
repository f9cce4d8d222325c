import Bytes

/// Brings a stream into `input` in pieces of `size`; `read` takes what is whole after each, and says
/// whether it wants more.
public func inPieces(
    _ stream: [UInt8], size: Int, into input: inout InputBuffer,
    read: (inout InputBuffer) -> Bool
) {
    var index = 0
    while index < stream.count {
        let end = min(index + size, stream.count)
        input.append(stream.span.extracting(index..<end))
        index = end
        if !read(&input) { return }
    }
}
