/// What the system says the process takes: read by the executor and handed in once a second.
///
/// All zero where nobody reads it, as in the simulator.
public struct ProcessUsage: Sendable {
    /// Bytes of memory that are resident.
    public var residentBytes = 0
    /// Microseconds of processor time in the kernel.
    public var systemMicroseconds = 0
    /// Microseconds of processor time in the program.
    public var userMicroseconds = 0
    /// Microseconds in the kernel, of children that have ended.
    public var childrenSystemMicroseconds = 0
    /// Microseconds in the program, of children that have ended.
    public var childrenUserMicroseconds = 0
    /// Microseconds in the kernel, of the main thread.
    public var mainThreadSystemMicroseconds = 0
    /// Microseconds in the program, of the main thread.
    public var mainThreadUserMicroseconds = 0

    /// All zero.
    public init() {}

    /// The CPU section.
    public func renderProcessor(into text: inout InfoText) {
        text.section("CPU")
        text.field("used_cpu_sys", Self.seconds(systemMicroseconds))
        text.field("used_cpu_user", Self.seconds(userMicroseconds))
        text.field("used_cpu_sys_children", Self.seconds(childrenSystemMicroseconds))
        text.field("used_cpu_user_children", Self.seconds(childrenUserMicroseconds))
        text.field("used_cpu_sys_main_thread", Self.seconds(mainThreadSystemMicroseconds))
        text.field("used_cpu_user_main_thread", Self.seconds(mainThreadUserMicroseconds))
    }

    private static func seconds(_ microseconds: Int) -> String {
        "\(microseconds / 1_000_000)." + "\(1_000_000 + microseconds % 1_000_000)".dropFirst()
    }
}
