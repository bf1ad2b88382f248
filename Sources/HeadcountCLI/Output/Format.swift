import Foundation
import Headcount

/// Numbers, times and tables for people.
enum Format {
    /// `12,345`, and `unlimited` where no limit applies.
    static func count(_ number: Int) -> String {
        if number == .max { return "unlimited" }
        return number.grouped
    }

    /// `2026-12-01 00:00 Europe/Paris`: on the clock of the account's people.
    static func time(_ date: Date, in zone: String) -> String {
        let style = Date.ISO8601FormatStyle(timeZone: TimeZone(identifier: zone) ?? .gmt)
            .year().month().day().dateTimeSeparator(.space).time(includingFractionalSeconds: false)
        return "\(date.formatted(style).dropLast(3)) \(zone)"
    }

    /// Rows with columns as wide as their widest cell; columns of numbers are aligned to the right.
    static func table(_ rows: [[String]], right: Set<Int> = []) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return right.contains(column) ? padding + cell : cell + padding
            }
            return cells.joined(separator: "  ").trimmingSuffix { $0 == " " } + "\n"
        }.joined()
    }
}

extension String {
    fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> String {
        var end = endIndex
        while end > startIndex, isTrimmed(self[index(before: end)]) { end = index(before: end) }
        return String(self[..<end])
    }
}
