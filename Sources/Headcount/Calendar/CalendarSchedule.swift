package import Foundation

/// An account's calendar, and the one that follows it when a change waits for the period's end.
package struct CalendarSchedule: Hashable, Sendable {
    package struct Change: Hashable, Sendable {
        package let calendar: BillingCalendar
        /// The first instant at which it holds.
        package let from: Date
    }

    package let current: BillingCalendar
    package let change: Change?
    /// The fields of the plan hash as the scripts put them together: `zone|startDay|nextZone|nextStartDay|calendarFrom`.
    /// A caller and Redis mean the same calendar if these are equal.
    package let fields: String

    /// What an account has that was never given a calendar.
    package static let standard = CalendarSchedule(current: .utc, change: nil, fields: "||||")

    private init(current: BillingCalendar, change: Change?, fields: String) {
        self.current = current
        self.change = change
        self.fields = fields
    }

    /// A schedule whose change, if there is one, begins at `from`.
    package init(current: BillingCalendar, next: BillingCalendar? = nil, from: Date = .distantFuture) {
        let fields = next.map { "\($0.zone)|\($0.startDay)|\(from.epochSeconds)" } ?? "||"
        self.init(
            current: current, change: next.map { Change(calendar: $0, from: from) },
            fields: "\(current.zone)|\(current.startDay)|\(fields)")
    }

    /// The calendar that will hold when nothing else is changed.
    package var latest: BillingCalendar { change?.calendar ?? current }

    /// - Throws: ``HeadcountError/Code/invalidPlan`` for a time zone that this machine doesn't know.
    package init(fields: String) throws(HeadcountError) {
        let parts = fields.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        // A change begins at a whole second, before the year 10,000.
        let from = parts.last.flatMap { Int($0) }
        guard parts.count == 5, parts[4].isEmpty || (0..<253_402_300_800).contains(from ?? -1) else {
            throw HeadcountError(.unexpectedReply, "Redis sent a malformed calendar")
        }
        current = parts[0].isEmpty ? .utc : try BillingCalendar(zone: parts[0], startDay: Int(parts[1]) ?? 1)
        if let from {
            let next = try BillingCalendar(zone: parts[2], startDay: Int(parts[3]) ?? 1)
            change = Change(calendar: next, from: Date(timeIntervalSince1970: TimeInterval(from)))
        } else {
            change = nil
        }
        self.fields = fields
    }

    package func calendar(at time: Date) -> BillingCalendar {
        if let change, time >= change.from { return change.calendar }
        return current
    }

    /// The day that holds `time`, with its period.
    package func day(at time: Date) -> BillingDay {
        let calendar = calendar(at: time)
        let day = calendar.day(at: time)
        // A worker whose clock is off must not take the other calendar's part of the day for this one's.
        let isChanged = change.map { time >= $0.from } ?? false
        return BillingDay(
            period: period(at: time),
            start: isChanged ? max(day.start, change?.from ?? day.start) : day.start,
            end: isChanged ? day.end : min(day.end, change?.from ?? day.end),
            number: PeriodName.padded(day.number), calendar: calendar)
    }

    package func period(at time: Date) -> Period {
        let period = calendar(at: time).period(at: time)
        guard let change, change.from > time else { return period }
        // A zone further west is still in the month that has just ended here: the same period goes on a few hours.
        let following = change.calendar.period(at: change.from)
        return following.name == period.name
            ? Period(name: period.name, start: period.start, end: following.end) : period
    }
}
