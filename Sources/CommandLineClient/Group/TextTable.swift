/// Columns of text, each as wide as its widest cell.
struct TextTable {
    private var rows: [[String]] = []

    /// Begins with the names of the columns.
    init(_ heading: [String]) { rows = [heading] }

    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// One line a row, no spaces at their ends.
    var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        var text = ""
        for row in rows {
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                let padding = widths[column] - cell.count + 2
                line += String(repeating: " ", count: padding)
            }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text
    }
}

/// Points in time as text.
enum CalendarText {
    /// `2026-11-23 01:02:03 UTC`; days are counted as Howard Hinnant's civil_from_days does.
    static func utc(millisecondsSince1970 milliseconds: Int) -> String {
        let seconds = max(milliseconds, 0) / 1000
        let days = seconds / 86_400 + 719_468
        let era = days / 146_097
        let dayOfEra = days - era * 146_097
        let leaps = dayOfEra / 1460 - dayOfEra / 36_524 + dayOfEra / 146_096
        let yearOfEra = (dayOfEra - leaps) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let time = seconds % 86_400
        let date = "\(year)-\(padded(month))-\(padded(day))"
        return "\(date) \(padded(time / 3600)):\(padded(time / 60 % 60)):\(padded(time % 60)) UTC"
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
