import Bytes

/// All commands of a program: found by name, their traits and their descriptions.
///
/// Built once at start and never changed or freed, so that it is a few pointers that may be copied
/// anywhere. A name of up to 24 bytes is packed into three words with its letters in lower case;
/// finding it is one multiplication and, nearly always, one comparison.
@safe public struct CommandTable: BitwiseCopyable, @unchecked Sendable {
    /// Which program asks: a sentinel serves other commands than a server.
    public enum Program: Sendable {
        /// The server: everything but SENTINEL.
        case server
        /// The sentinel: SENTINEL and what it shares with the server.
        case sentinel
        /// The command-line client: whatever any server may know.
        case client
    }

    /// One row found at start.
    struct Row: BitwiseCopyable, Sendable {
        var group: UInt8
        /// Where the row's head begins in its group's text.
        var start: Int32
        /// Index of the container's row; -1 for a command that is none's subcommand.
        var container: Int16
        var isServed: Bool
    }

    // Allocated in `init`, written there only, never freed: hence copied and shared without care.
    @usableFromInline let traitsOfRows: UnsafePointer<CommandTraits>
    @usableFromInline let slots: UnsafePointer<NameSlot>
    private let rows: UnsafePointer<Row>

    /// Reads the rows.
    ///
    /// Commands in `nameless`, named in lower case, are served but not found by their name: they
    /// have another, or none.
    ///
    /// About 0.1 ms in release builds.
    public init(for program: Program, nameless: Set<String> = []) {
        precondition(MemoryLayout<CommandID>.size == 2, "a command's number takes two bytes")
        let identifiers = CommandID.allCases
        let traits = UnsafeMutablePointer<CommandTraits>.allocate(capacity: identifiers.count)
        let slots = UnsafeMutablePointer<NameSlot>.allocate(capacity: NameSlot.tableSize)
        unsafe slots.initialize(repeating: NameSlot(), count: NameSlot.tableSize)
        let rows = UnsafeMutablePointer<Row>.allocate(capacity: identifiers.count)
        var index = 0
        var container = -1
        var containerName = 0..<0

        for (group, (_, text)) in CommandRows.groups.enumerated() {
            var start = 0
            while start < text.count {
                let headLine = text.line(at: start)
                var head = RowHead(text, line: headLine)
                precondition(index < identifiers.count, "each row has a case in CommandID")
                var keys = LegacyKeyNumbers()
                var next = headLine.upperBound + 1
                while next < text.count, text[next] == 0x20 {
                    let line = text.line(at: next)
                    // Two blanks, "key ": only these lines matter to the start.
                    if line.count > 6
                        && text.equals(line.lowerBound..<(line.lowerBound + 6), "  key ")
                    {
                        keys.add(
                            KeySpecification(text, line: line, from: line.lowerBound + 6))
                    }
                    next = line.upperBound + 1
                }
                keys.apply(to: &head.traits)
                var row = Row(
                    group: UInt8(group), start: Int32(start), container: -1, isServed: false)
                if head.container.isEmpty {
                    container = index
                    containerName = head.name
                } else {
                    precondition(
                        container >= 0 && text.equals(containerName, head.container),
                        "subcommands follow their container")
                    row.container = Int16(container)
                    unsafe traits[container].isContainer = true
                }
                row.isServed = Self.serves(program, head.traits.flags)
                unsafe (traits + index).initialize(to: head.traits)
                let isNamed =
                    nameless.isEmpty || !head.container.isEmpty
                    || !nameless.contains(text.string(head.name).lowercased())
                if row.isServed && isNamed {
                    unsafe NameSlot.insert(
                        address: text.address(of: head.name), count: head.name.count,
                        id: identifiers[index], container: row.container, into: slots)
                }
                unsafe (rows + index).initialize(to: row)
                index += 1
                start = next
            }
        }
        precondition(index == identifiers.count, "each case of CommandID has a row")
        unsafe traitsOfRows = unsafe UnsafePointer(traits)
        unsafe self.slots = unsafe UnsafePointer(slots)
        unsafe self.rows = unsafe UnsafePointer(rows)
    }

    private static func serves(_ program: Program, _ flags: CommandFlags) -> Bool {
        switch program {
        case .server: !flags.contains(.onlySentinel)
        case .sentinel: flags.contains(.sentinel)
        case .client: true
        }
    }

    /// The command of this name in any mixture of cases; subcommands are not found here.
    @inlinable
    public func find(_ name: Span<UInt8>) -> CommandID? { lookup(name, container: -1) }

    /// The subcommand `name` of `container`; nil too when that has none.
    @inlinable
    public func findSubcommand(of container: CommandID, _ name: Span<UInt8>) -> CommandID? {
        lookup(name, container: Int16(truncatingIfNeeded: Self.index(container)))
    }

    /// The command or subcommand of a full name such as `config|get`.
    public func find(fullName: Span<UInt8>) -> CommandID? {
        for index in fullName.indices where fullName[index] == 0x7c {
            guard let container = find(fullName.extracting(0..<index)) else { return nil }
            return findSubcommand(
                of: container, fullName.extracting((index + 1)..<fullName.count))
        }
        return find(fullName)
    }

    /// What every execution looks at.
    @inlinable
    public func traits(_ id: CommandID) -> CommandTraits {
        unsafe traitsOfRows[Self.index(id)]
    }

    /// The row's number; the enum is laid out as its raw value.
    @inlinable @inline(__always)
    static func index(_ id: CommandID) -> Int { unsafe Int(unsafeBitCast(id, to: UInt16.self)) }

    @inlinable
    func lookup(_ name: Span<UInt8>, container: Int16) -> CommandID? {
        unsafe NameSlot.find(name, container: container, in: slots)
    }

    /// Where a row lies.
    func row(_ id: CommandID) -> Row { unsafe rows[Self.index(id)] }

    /// Whether the program answers to this command.
    public func serves(_ id: CommandID) -> Bool { row(id).isServed }

    /// Every command that is served and is no subcommand, in the order of the rows.
    public var commands: [CommandID] {
        CommandID.allCases.filter { row($0).isServed && row($0).container < 0 }
    }

    /// The subcommands that are served, in the order of the rows; empty for most commands.
    public func subcommands(of container: CommandID) -> [CommandID] {
        guard traits(container).isContainer else { return [] }
        let parent = Self.index(container)
        return CommandID.allCases[(parent + 1)...]
            .prefix { Int(row($0).container) == parent }
            .filter { row($0).isServed }
    }

    /// The command that `id` is a subcommand of.
    public func container(of id: CommandID) -> CommandID? {
        let parent = Int(row(id).container)
        return parent < 0 ? nil : CommandID.allCases[parent]
    }
}
