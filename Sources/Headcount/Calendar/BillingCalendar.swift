package import Foundation

/// On which days, and by which clock, an account's months begin (R7).
public struct BillingCalendar: Hashable, Sendable {
    /// IANA name of the time zone, such as `Europe/Paris`.
    public let zone: String
    /// The day of the month on which a period begins, 1 to 28.
    public let startDay: Int

    /// Calendar months in UTC: what an account has unless it is given another.
    public static let utc = BillingCalendar(knownZone: "UTC", startDay: 1)

    /// - Throws: ``HeadcountError/Code/invalidPlan`` when `zone` is no IANA time zone or `startDay` is not in 1 to 28.
    public init(zone: String, startDay: Int = 1) throws(HeadcountError) {
        guard Self.isKnown(zone) else {
            throw HeadcountError(
                .invalidPlan, "no such time zone; give an IANA name such as Europe/Paris or UTC", value: zone)
        }
        guard (1...28).contains(startDay) else {
            throw HeadcountError(
                .invalidPlan, "no such start day; give 1 to 28, which every month has", value: String(startDay))
        }
        self.init(knownZone: zone, startDay: startDay)
    }

    private init(knownZone: String, startDay: Int) {
        zone = knownZone
        self.startDay = startDay
    }

    /// Foundation also takes abbreviations and offsets (`EST`, `GMT+3`), which say nothing about daylight saving.
    private static func isKnown(_ zone: String) -> Bool {
        (zone == "UTC" || zone.contains("/")) && TimeZone(identifier: zone) != nil
    }

    /// The period that holds `time`.
    package func period(at time: Date) -> Period {
        var start = gregorian.dateComponents([.year, .month, .day], from: time)
        if let day = start.day, let month = start.month, day < startDay { start.month = month - 1 }
        start.day = startDay
        return period(starting: start)
    }

    /// The period that begins in the given month.
    package func period(year: Int, month: Int) -> Period {
        period(starting: DateComponents(year: year, month: month, day: startDay))
    }

    private func period(starting components: DateComponents) -> Period {
        var next = components
        next.month = (components.month ?? 1) + 1
        let start = firstInstant(of: components)
        // Read back, since month 0 or 13 is one of the neighbouring year.
        let day = gregorian.dateComponents([.year, .month], from: start)
        return Period(
            name: PeriodName(year: day.year ?? 0, month: day.month ?? 0, startDay: startDay), start: start,
            end: firstInstant(of: next))
    }

    /// The day that holds `time`: its first instant, the next day's, and its number in the month.
    func day(at time: Date) -> (start: Date, end: Date, number: Int) {
        let components = gregorian.dateComponents([.year, .month, .day], from: time)
        var next = components
        next.day = (components.day ?? 1) + 1
        return (firstInstant(of: components), firstInstant(of: next), components.day ?? 1)
    }

    /// Midnight, or what comes first where the clocks skip midnight for daylight saving (Beirut, Havana, Santiago).
    private func firstInstant(of day: DateComponents) -> Date {
        let calendar = gregorian
        return calendar.date(from: day).map { calendar.startOfDay(for: $0) } ?? .distantPast
    }

    private var gregorian: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: zone) ?? .gmt
        return calendar
    }
}
