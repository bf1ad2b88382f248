package import Foundation

/// A day in an account's calendar: what a worker believes to be today, and Redis checks.
package struct BillingDay: Hashable, Sendable {
    package let period: Period
    package let start: Date
    package let end: Date
    /// Two digits, as in the fields of the daily statistics.
    package let number: String
    package let calendar: BillingCalendar

    package func contains(_ time: Date) -> Bool { start <= time && time < end }

    /// The period called `name`, `YYYY-MM[-DD]`; the day's own if that is nil.
    ///
    /// - Throws: ``HeadcountError/Code/invalidPeriod``
    package func period(named name: String?) throws(HeadcountError) -> Period {
        guard let name else { return period }
        let asked = try PeriodName(name, startDay: calendar.startDay)
        if asked == period.name { return period }
        return try BillingCalendar(zone: calendar.zone, startDay: asked.startDay).period(
            year: asked.year, month: asked.month)
    }
}
