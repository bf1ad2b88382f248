import Foundation

@testable import Headcount

/// What names periods and calendars: period names, reservation tokens, and calendars as Redis keeps them.
extension FuzzTarget {
    static let calendar = FuzzTarget(
        name: "calendar",
        words: [
            "2026-11", "2026-11-15", "-01", "|", "||||", "UTC", "Europe/Paris", "Pacific/Apia", "../", "1795500000",
            "inf", "nan", "1e300", "-1", ".AAAAAAAAAAAAAAAA.", "YW5u", "0000", "9999-12",
        ]
    ) { bytes in
        let text = FuzzInput(bytes).text
        if let period = try? PeriodName(text, startDay: 5) {
            try hold((try? PeriodName(period.description, startDay: 1)) == period, "\(period) is read otherwise")
            try hold((try? PeriodName(period.firstDay, startDay: 9)) == period, "\(period.firstDay) is read otherwise")
            try hold(period.next.previous == period, "the month after \(period) follows another")
        }
        if let token = try? ReservationToken(text) {
            try hold(token.description == text, "'\(text)' is another text for '\(token)'")
            try hold(Identifier.fault(inContact: token.contact) == nil, "a token of a contact that is not allowed")
        }
        guard let schedule = try? CalendarSchedule(fields: text) else { return }
        try hold(schedule.fields == text, "the calendar's fields are not what was read")
        for time in [0, 951_782_400, 1_795_500_000, 4_102_444_800].map(Date.init(timeIntervalSince1970:)) {
            let period = schedule.period(at: time)
            try hold(period.start < period.end, "a period that ends before it begins")
            try hold(period.contains(time), "a period without the time that it is of")
            try hold(schedule.day(at: time).contains(time), "a day without the time that it is of")
            _ = period.start.epochSeconds + period.end.epochSeconds
        }
        if let change = schedule.change {
            _ = change.from.epochSeconds
            _ = CalendarSchedule(current: schedule.current, next: change.calendar, from: change.from)
        }
    }
}
