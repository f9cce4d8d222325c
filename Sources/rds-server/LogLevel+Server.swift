import LogOutput

extension LogLevel {
    /// The log's level of the same name.
    static func of(_ level: ServerLogLevel) -> LogLevel {
        switch level {
        case .debug: .debug
        case .verbose: .verbose
        case .notice: .notice
        case .warning: .warning
        case .nothing: .nothing
        }
    }
}
