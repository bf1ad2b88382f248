internal import Foundation
internal import Headcount

/// What `lua/journal.lua` does, and how a journal's lines find their periods.
extension ModelAccount {
    /// What came of it, by period, the oldest first.
    mutating func replay(_ entries: [JournalEntry], at now: Date) -> [Replayed] {
        var rows: [PeriodName: Replayed] = [:]
        for entry in entries {
            let period = period(of: entry, at: now)
            guard now < period.end.addingTimeInterval(retention) else { continue }
            var row = rows[period.name] ?? Replayed(period: period.name, limit: terms(in: period.name).effectiveLimit)
            row.replayed += 1
            if count(ExactText(entry.contact), in: period, at: now) {
                row.newlyCounted += 1
                if counts(in: period.name, at: now).members.count > row.limit { row.overLimit += 1 }
            }
            row.used = counts(in: period.name, at: now).members.count
            rows[period.name] = row
        }
        return rows.values.sorted { $0.period.firstDay < $1.period.firstDay }
    }

    struct Replayed {
        let period: PeriodName
        let limit: Int
        var replayed = 0
        var newlyCounted = 0
        var overLimit = 0
        var used = 0
    }

    private func period(of entry: JournalEntry, at now: Date) -> Period {
        let day = schedule.day(at: entry.time)
        guard entry.period.startDay != day.period.name.startDay,
            !counts(in: entry.period, at: now).members.isEmpty,
            let calendar = try? BillingCalendar(zone: day.calendar.zone, startDay: entry.period.startDay)
        else { return day.period }
        return calendar.period(year: entry.period.year, month: entry.period.month)
    }

    /// Whether it is new.
    private mutating func count(_ contact: ExactText, in period: Period, at now: Date) -> Bool {
        var counts = openCounts(in: period, at: now)
        let tombstone = Self.tombstone(of: contact)
        let isCounted = counts.members.contains(tombstone)
        var name = counts.merged[contact] ?? counts.merged[tombstone] ?? contact
        if name == contact, !isCounted, !counts.members.contains(contact),
            counts.erased.contains(tombstone) || counts.held[tombstone].map({ $0 > now }) ?? false
        {
            name = tombstone
        }
        if isCounted || counts.members.contains(name) { return false }
        counts.members.insert(name)
        counts.held[name] = nil
        periods[period.name] = counts
        if name == tombstone, self.period(at: now).name == period.name { identities = (period.name, true) }
        return true
    }
}
