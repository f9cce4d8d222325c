import Bytes

/// Passwords that stand in files of their own, so that none stands in a file that is shown or written.
///
/// A name without a slash is one of the service manager's credentials (`LoadCredential=`). Those that
/// a unit loads from the directory of its secrets are called `secrets_NAME` there; NAME finds them.
extension ConfigurationFiles {
    /// The first line of a secret's file.
    public mutating func secret(_ name: ByteString) throws(DirectiveError) -> ByteString {
        let path = try secretPath(name.text)
        guard let bytes = try readIfPresent(path) else {
            throw DirectiveError("there is no file \(path)")
        }
        let line = Array(bytes.prefix { $0 != 0x0a && $0 != 0x0d })
        if line.isEmpty { throw DirectiveError("the first line of \(path) is empty") }
        return ByteString(line)
    }

    private mutating func secretPath(_ name: String) throws(DirectiveError) -> String {
        if name.contains("/") { return name }
        guard let directory = credentialsDirectory else {
            throw DirectiveError(
                "a name without a slash is a credential of the service manager, and there are none: "
                    + "name a path")
        }
        let path = "\(directory)/secrets_\(name)"
        return try readIfPresent(path) == nil ? "\(directory)/\(name)" : path
    }
}
