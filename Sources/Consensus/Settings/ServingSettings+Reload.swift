// The lines of sentinel.conf that are not the sentinel's, read again while it runs.

import Configuration

extension ServingSettings {
    /// A directive whose value in the file is not the one that the sentinel runs with.
    public struct Difference: Hashable, Sendable {
        /// The directive.
        public let name: String
        /// Whether it was taken over; else it waits for a restart.
        public let isApplied: Bool
    }

    /// Takes over what may change while the sentinel runs; tells every difference.
    public mutating func reload(_ file: ServingSettings) -> [Difference] {
        var differences: [Difference] = []
        for row in ServingDirectives.rows {
            let value = row.value(in: file)
            if value == row.value(in: self) { continue }
            let isApplied = !row.flags.contains(.immutable)
            if isApplied { row.set(value, in: &self) }
            differences.append(Difference(name: row.name, isApplied: isApplied))
        }
        return differences
    }
}
