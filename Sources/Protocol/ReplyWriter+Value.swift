import Bytes

extension ReplyWriter {
    /// Writes an owned reply in the client's version of the protocol.
    public mutating func write(_ value: ReplyValue) {
        switch value {
        case .simpleString(let bytes): simple(text: bytes.text)
        case .error(let bytes): error(bytes: bytes.bytes)
        case .integer(let number): integer(number)
        case .bulk(let bytes): bulk(bytes.bytes.span)
        case .null: null()
        case .array(let elements):
            array(count: elements.count)
            for element in elements { write(element) }
        case .set(let elements):
            set(count: elements.count)
            for element in elements { write(element) }
        case .push(let elements):
            push(count: elements.count)
            for element in elements { write(element) }
        case .map(let pairs):
            map(count: pairs.count)
            for pair in pairs {
                write(pair.key)
                write(pair.value)
            }
        case .double(let number, _): double(number)
        case .boolean(let flag): boolean(flag)
        case .bigNumber(let digits): bigNumber(digits)
        case .verbatim(let bytes, _): verbatim(bytes)
        case .attribute(let pairs, let described):
            if version == .resp3 {
                attribute(count: pairs.count)
                for pair in pairs {
                    write(pair.key)
                    write(pair.value)
                }
            }
            write(described)
        }
    }
}
