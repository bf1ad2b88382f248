import Foundation
import Headcount

/// The value of `--expires`.
enum ExpiryDate {
    /// The first instant that is too late.
    ///
    /// - Parameter text: `2027-06-30`, the last day in UTC, or `2027-06-30T12:00:00Z`.
    static func instant(_ text: String) throws -> Date {
        if let instant = try? Date(text, strategy: .iso8601) { return instant }
        if text.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil,
            let day = try? Date(text, strategy: .iso8601.year().month().day()),
            // 31 February would be 3 March.
            day.formatted(.iso8601.year().month().day()) == text
        {
            return day.addingTimeInterval(86_400)
        }
        throw Failure("--expires '\(text.printable)': give a date such as 2027-06-30 or 2027-06-30T12:00:00Z", .usage)
    }
}
