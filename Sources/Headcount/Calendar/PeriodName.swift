/// How a period is called, in Redis keys too: `2026-11`, or `2026-11-15` when it begins on another day than the first.
public struct PeriodName: Hashable, Sendable, CustomStringConvertible {
    /// Year in which the period begins.
    public let year: Int
    /// Month in which the period begins, 1 to 12.
    public let month: Int
    /// Day on which the period begins, 1 to 28.
    public let startDay: Int
    /// `YYYY-MM`, or `YYYY-MM-DD` when it begins on another day than the first.
    public let description: String
    /// The month in which the period begins, as in the key of the accounts' index.
    package let monthName: String

    package init(year: Int, month: Int, startDay: Int) {
        self.year = year
        self.month = month
        self.startDay = startDay
        // Put together once: every call to Redis has it in each of its keys.
        monthName = "\(String(repeating: "0", count: max(0, 4 - String(year).count)))\(year)-\(Self.padded(month))"
        description = startDay == 1 ? monthName : "\(monthName)-\(Self.padded(startDay))"
    }

    /// The day on which the period begins, `YYYY-MM-DD`. Means this period whatever the account's start day is by now;
    /// `YYYY-MM` means the one that begins on that.
    package var firstDay: String { "\(monthName)-\(Self.padded(startDay))" }

    /// The date of a day of the period by its number in the month, `YYYY-MM-DD`: a period that begins on the 15th goes
    /// on with the 1st to the 14th of the next month.
    package func date(ofDay day: Int) -> String {
        let month = day < startDay ? next : self
        return "\(month.monthName)-\(Self.padded(day))"
    }

    /// The month after, with the same start day.
    package var next: PeriodName {
        month == 12
            ? PeriodName(year: year + 1, month: 1, startDay: startDay)
            : PeriodName(year: year, month: month + 1, startDay: startDay)
    }

    /// The month before, with the same start day.
    package var previous: PeriodName {
        month == 1
            ? PeriodName(year: year - 1, month: 12, startDay: startDay)
            : PeriodName(year: year, month: month - 1, startDay: startDay)
    }

    /// Two periods are the same if they are called the same.
    public static func == (left: PeriodName, right: PeriodName) -> Bool { left.description == right.description }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }

    static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
