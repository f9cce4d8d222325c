import Bytes

/// Lines that hold passwords and therefore are not kept in the history.
public enum SensitiveCommand {
    /// Whether a command may hold a password.
    public static func holdsSecret(_ words: [ByteString]) -> Bool {
        let lowered = words.map { $0.text.lowercased() }
        guard let name = lowered.first else { return false }
        let rest = lowered.dropFirst()
        switch name {
        case "auth":
            return true
        case "acl":
            return rest.first == "setuser"
        case "config":
            guard rest.first == "set" else { return false }
            let names = stride(from: 2, to: lowered.count, by: 2).map { lowered[$0] }
            return names.contains { secretSettings.contains($0) }
        case "hello":
            return rest.dropFirst().contains("auth")
        case "migrate":
            return lowered.count > 7
                && options(of: lowered).contains { $0 == "auth" || $0 == "auth2" }
        case "sentinel":
            if rest.first == "config" {
                return rest.contains { $0 == "sentinel-pass" || $0 == "sentinel-user" }
            }
            return rest.first == "set" && rest.contains { $0 == "auth-pass" || $0 == "auth-user" }
        default:
            return false
        }
    }

    private static let secretSettings: Set<String> = [
        "masterauth", "masteruser", "requirepass", "primaryauth", "primaryuser",
        "tls-key-file-pass", "tls-client-key-file-pass",
    ]

    /// MIGRATE's options; what follows KEYS are keys, whatever they are called.
    private static func options(of words: [String]) -> ArraySlice<String> {
        let options = words[6...]
        return options.prefix { $0 != "keys" }
    }
}
