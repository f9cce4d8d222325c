import Server

/// The server's levels under a name of their own: the log has a type of the same name, and the
/// module's name is that of its main type, so that it cannot tell them apart.
typealias ServerLogLevel = LogLevel
