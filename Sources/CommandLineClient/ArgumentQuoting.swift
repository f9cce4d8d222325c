import Bytes

/// Arguments of the command line that are written as quoted strings (--quoted-input).
public enum ArgumentQuoting {
    /// The bytes that an argument means: itself when it is not quoted; nil when quotes do not close.
    public static func unquoted(_ argument: ByteString) -> ByteString? {
        guard let first = argument.bytes.first, first == 0x22 || first == 0x27 else {
            return argument
        }
        guard let words = QuotedWords.split(argument.bytes.span), words.count == 1 else {
            return nil
        }
        return words[0]
    }
}
