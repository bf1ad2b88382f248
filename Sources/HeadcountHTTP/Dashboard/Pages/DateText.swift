internal import Foundation

/// Dates as people write them, on the clock of a time zone: `1 December 2026, 00:00`.
struct DateText {
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    private let year, month, dayOfMonth, hour, minute: Int

    init(_ date: Date, in zone: String) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: zone) ?? .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
        (year, month, dayOfMonth) = (parts.year ?? 0, parts.month ?? 1, parts.day ?? 1)
        (hour, minute) = (parts.hour ?? 0, parts.minute ?? 0)
    }

    /// `1 December 2026`
    var day: String { "\(dayAndMonth) \(year)" }
    /// `1 December`
    var dayAndMonth: String { "\(dayOfMonth) \(Self.months[month - 1])" }
    /// `1 Dec`
    var shortDay: String { "\(dayOfMonth) \(Self.short(month))" }
    /// `December`
    var monthName: String { Self.months[month - 1] }
    /// `1 December 2026, 00:00`
    var dayAndTime: String { "\(day), \(Self.padded(hour)):\(Self.padded(minute))" }
    /// `1`
    var dayNumber: String { String(dayOfMonth) }

    /// `December 2026`
    static func month(_ month: Int, of year: Int) -> String { "\(months[month - 1]) \(year)" }
    /// `Dec`
    static func short(_ month: Int) -> String { String(months[month - 1].prefix(3)) }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
