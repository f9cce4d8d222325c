import Bytes

/// `proc-title-template`: text with `{variables}`; `{{` stands for a brace.
public enum ProcessTitle {
    /// What the variables of a template stand for.
    public struct Variables: Sendable {
        /// The program as it was started.
        public var title: String
        /// The configuration file; empty for none.
        public var configFile: String
        /// The settings that the other variables read.
        public var settings: ServerSettings

        /// All parts.
        public init(title: String, configFile: String, settings: ServerSettings) {
            self.title = title
            self.configFile = configFile
            self.settings = settings
        }

        func value(_ name: String) -> String? {
            switch name {
            case "title": title
            case "listen-addr": listenAddress
            case "server-mode", "tls-port": name == "tls-port" ? "0" : ""
            case "config-file": configFile.isEmpty ? "-" : configFile
            case "port": "\(settings.port)"
            case "unixsocket": settings.unixSocket.text
            default: nil
            }
        }

        private var listenAddress: String {
            if settings.port == 0 { return "unixsocket:\(settings.unixSocket.text)" }
            return "\(settings.bindAddresses.first?.text ?? "*"):\(settings.port)"
        }
    }

    /// The title; nil for a brace that is not closed and for a variable that is not known.
    public static func expand(_ template: ByteString, _ variables: Variables) -> String? {
        var title: [UInt8] = []
        var rest = template.bytes[...]
        while let brace = rest.firstIndex(of: UInt8(ascii: "{")) {
            title += rest[..<brace]
            rest = rest[(brace + 1)...]
            if rest.first == UInt8(ascii: "{") {
                title.append(UInt8(ascii: "{"))
                rest = rest.dropFirst()
                continue
            }
            guard let end = rest.firstIndex(of: UInt8(ascii: "}")),
                let value = variables.value(ByteString(Array(rest[..<end])).text)
            else { return nil }
            title += value.utf8
            rest = rest[(end + 1)...]
        }
        title += rest
        while title.first == 0x20 { title.removeFirst() }
        while title.last == 0x20 { title.removeLast() }
        return ByteString(title).text
    }

    /// Whether the template expands to something.
    static func isValid(_ template: ByteString) -> Bool {
        let variables = Variables(title: "", configFile: "", settings: ServerSettings())
        return expand(template, variables)?.isEmpty == false
    }
}
