import Bytes
import Protocol

/// DEBUG PROTOCOL: an example of each reply type, for clients that test their parsers.
enum DebugProtocol {
    /// Answers `DEBUG PROTOCOL type`.
    static func run(_ request: borrowing Request, _ reply: inout ReplyWriter) -> DebugEffect {
        let type = request[2]
        if type.equalsIgnoringCase("string") {
            reply.bulk("Hello World")
        } else if type.equalsIgnoringCase("integer") {
            reply.integer(12345)
        } else if type.equalsIgnoringCase("double") {
            reply.double(3.141)
        } else if type.equalsIgnoringCase("bignum") {
            reply.bigNumber("1234567999999999999999999999999999999")
        } else if type.equalsIgnoringCase("null") {
            reply.null()
        } else if type.equalsIgnoringCase("array") {
            reply.array(count: 3)
            for number in 0..<3 { reply.integer(number) }
        } else if type.equalsIgnoringCase("set") {
            reply.set(count: 3)
            for number in 0..<3 { reply.integer(number) }
        } else if type.equalsIgnoringCase("map") {
            reply.map(count: 3)
            for number in 0..<3 {
                reply.integer(number)
                reply.boolean(number == 1)
            }
        } else if type.equalsIgnoringCase("attrib") {
            if reply.version == .resp3 {
                reply.attribute(count: 1)
                reply.bulk("key-popularity")
                reply.array(count: 2)
                reply.bulk("key:123")
                reply.integer(90)
            }
            reply.bulk("Some real reply following the attribute")
        } else if type.equalsIgnoringCase("push") {
            guard reply.version == .resp3 else {
                reply.error("ERR RESP2 is not supported by this command")
                return .none
            }
            reply.push(count: 2)
            reply.bulk("server-cpu-usage")
            reply.integer(42)
            reply.bulk("Some real reply following the push reply")
        } else if type.equalsIgnoringCase("true") {
            reply.boolean(true)
        } else if type.equalsIgnoringCase("false") {
            reply.boolean(false)
        } else if type.equalsIgnoringCase("verbatim") {
            reply.verbatim("This is a verbatim\nstring")
        } else {
            reply.error(
                """
                ERR Wrong protocol type name. Please use one of the following: string|integer|\
                double|bignum|null|array|set|map|attrib|push|verbatim|true|false
                """)
        }
        return .none
    }
}
