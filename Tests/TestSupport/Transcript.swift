import Foundation

/// A recorded conversation of several connections with a server; the format is explained in
/// `Tests/Transcripts/record.py`, which records it.
public struct Transcript {
    /// The lines of the file.
    public let lines: [String]

    /// Reads `Tests/Transcripts/<name>.txt`.
    public init(_ name: String) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Transcripts")
        let text = try String(
            contentsOf: folder.appendingPathComponent(name + ".txt"), encoding: .utf8)
        lines = text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    }

    /// Words of the server's command line.
    public var arguments: [String] {
        lines.filter { $0.hasPrefix("! ") }.flatMap { line in
            line.dropFirst(2).split(separator: " ").map(String.init)
        }
    }

    /// What a server under test answers to the same requests, in the format of the file.
    ///
    /// `send` takes a connection's name and the text of a request with its places filled in, and
    /// returns the lines that follow it; `fill` turns `A` and `id` or `addr` into a value.
    public func replay(
        fill: (_ connection: String, _ what: String) -> String,
        send: (_ connection: String, _ text: String) -> [String]
    ) -> [String] {
        var result: [String] = []
        for line in lines {
            let mark = line.firstIndex { $0 == "<" || $0 == "!" || $0 == ">" }
            guard let mark, let end = line.firstIndex(of: " "), line.index(after: mark) == end,
                mark > line.startIndex
            else {
                result.append(line)
                continue
            }
            guard line[mark] == ">" else { continue }
            result.append(line)
            let text = Transcript.filled(String(line[line.index(after: end)...]), fill)
            result += send(String(line[..<mark]), text)
        }
        return result
    }

    /// The first line that differs, with what was expected and what came; nil for equal lists.
    public func firstDifference(from replayed: [String]) -> String? {
        for (index, (expected, actual)) in zip(lines, replayed).enumerated()
        where expected != actual {
            let before = index > 0 ? lines[index - 1] : ""
            return "line \(index + 1), after \(before)\nexpected: \(expected)\n  actual: \(actual)"
        }
        return lines.count == replayed.count
            ? nil : "expected \(lines.count) lines, there are \(replayed.count)"
    }

    /// Bytes as the transcript shows them: CR LF as `|`, what is not printable as `\xHH`.
    public static func shown(_ bytes: [UInt8]) -> String {
        var text = ""
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x0d && index + 1 < bytes.count && bytes[index + 1] == 0x0a {
                text += "|"
                index += 1
            } else if byte == 0x0a {
                text += "\\n"
            } else if byte >= 32 && byte < 127 || byte == 0x0d {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "\\x" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
            }
            index += 1
        }
        return text
    }

    private static func filled(_ text: String, _ fill: (String, String) -> String) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            result += rest[..<open]
            let name = rest[rest.index(after: open)..<close].split(separator: ".")
            result += fill(String(name[0]), name.count > 1 ? String(name[1]) : "id")
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}
