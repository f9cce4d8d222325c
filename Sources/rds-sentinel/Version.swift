/// What the program calls itself.
enum Version {
    /// The version of Redis whose behaviour is offered.
    static let compatible = "7.2.4"
    /// Our own.
    static let own = "0.1.0"
}
