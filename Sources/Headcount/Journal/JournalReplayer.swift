internal import Foundation
internal import RedisClient

/// Counts what journals hold, by `journal.lua`: each contact in the period in which it was admitted.
struct JournalReplayer: Sendable {
    /// An admission, with its place among those that are replayed together.
    private struct Item {
        let place: Int
        let entry: JournalEntry
        /// `DD:KIND` of the daily statistics.
        let field: String
    }

    enum Fate: Equatable, Sendable {
        case counted(PeriodName, isNew: Bool)
        case not(JournalReport.Problem.Reason, String)
    }

    /// Where an account stands in a period after it.
    struct After: Sendable {
        let account: String
        let period: PeriodName
        let newlyCounted: [String]
        let before: Standing
    }

    let runner: ScriptRunner
    let keys: Keyspace
    let index: AccountIndex
    let configuration: LimiterConfiguration
    let tombstones: Tombstones?
    let bell: NoticeBell
    let isDryRun: Bool

    /// Replays admissions of one account.
    ///
    /// - Returns: What became of each of them, and where the account stands.
    func replay(_ entries: [JournalEntry], of account: String, now: Date) async throws -> ([Fate], [After]) {
        let removed = try await runner.send(["GET", keys.removed(account)]).text.flatMap { Double($0) }
        let schedule = try await knownSchedule(of: account)
        var fates: [Fate] = Array(
            repeating: .not(.accountRemoved, "the account was removed after the contact was admitted"),
            count: entries.count)
        var groups: [PeriodName: (period: Period, items: [Item])] = [:]
        for (place, entry) in entries.enumerated() {
            if let removed, entry.time.timeIntervalSince1970 < removed { continue }
            let (period, day) = try await period(of: entry, schedule)
            groups[period.name, default: (period, [])].items.append(
                Item(place: place, entry: entry, field: "\(day):\(entry.action.kind)"))
        }
        var afters: [After] = []
        for (period, items) in groups.values.sorted(by: { $0.period.start < $1.period.start }) {
            guard now < period.end.addingTimeInterval(TimeInterval(configuration.retention.components.seconds)) else {
                for item in items {
                    fates[item.place] = .not(.periodGone, "the contacts of \(period) are no longer kept")
                }
                continue
            }
            do {
                for part in stride(from: 0, to: items.count, by: LimiterScripts.maximumContacts) {
                    let part = Array(items[part..<min(part + LimiterScripts.maximumContacts, items.count)])
                    let (letters, before) = try await count(part, of: account, in: period)
                    for (item, isNew) in zip(part, letters) {
                        fates[item.place] = .counted(period.name, isNew: isNew)
                    }
                    let new = zip(part, letters).filter { $1 }.map(\.0.entry.contact)
                    afters.append(
                        After(account: account, period: period.name, newlyCounted: new, before: before))
                }
            } catch let error as HeadcountError where error.code == .invalidConfiguration {
                for item in items { fates[item.place] = .not(.notYet, error.reason) }
            } catch let error as HeadcountError where error.reason.contains("NEEDS_KEY") {
                let reason =
                    "contacts were erased meanwhile; set HEADCOUNT_TOMBSTONE_KEY to the key with which they were"
                for item in items { fates[item.place] = .not(.notYet, reason) }
            }
        }
        return (fates, afters)
    }

    /// As Redis has it: asking for the usage corrects what this process believes.
    private func knownSchedule(of account: String) async throws -> CalendarSchedule {
        let plan = configuration.plans.defaultPlan
        let (_, belief) = try await runner.run(LimiterScripts.usage, for: account) { belief in
            let day = belief.day
            let name = day.period.name
            return ScriptCall(
                keys: [
                    keys.members(account, name), keys.held(account, name), keys.refused(account, name),
                    keys.plan(account),
                ],
                arguments: [
                    belief.schedule.fields, String(day.start.epochSeconds), String(day.end.epochSeconds), plan.name,
                    String(plan.limit), plan.mode.rawValue, name.description,
                ])
        }
        return belief.schedule
    }

    /// The period in which the admission counts, and the day's number in the account's calendar.
    ///
    /// It is that of the account's calendar: the process that admitted may not have known it. One that begins on another
    /// day was believed in rightly if somebody is counted in it: then the calendar was changed since.
    private func period(
        of entry: JournalEntry, _ schedule: CalendarSchedule
    ) async throws -> (period: Period, day: String) {
        let day = schedule.day(at: entry.time)
        guard entry.period.startDay != day.period.name.startDay else { return (day.period, day.number) }
        let key = keys.members(entry.account, entry.period)
        guard try await runner.send(["EXISTS", key]).integer == 1 else { return (day.period, day.number) }
        let calendar = try BillingCalendar(zone: day.calendar.zone, startDay: entry.period.startDay)
        return (calendar.period(year: entry.period.year, month: entry.period.month), day.number)
    }

    /// One call of `journal.lua`.
    ///
    /// - Returns: Whether each contact is new, and the standing before.
    private func count(
        _ items: [Item], of account: String, in period: Period
    ) async throws -> (areNew: [Bool], before: Standing) {
        if !isDryRun { await index.enter(account, period.name) }
        let (plan, name, end) = (configuration.plans.defaultPlan, period.name, period.end.epochSeconds)
        let contacts = items.map(\.entry.contact)
        let (reply, _) = try await runner.run(LimiterScripts.journal, for: account) { belief in
            try checkKey(of: account, name, belief.identities)
            let arguments = [
                name.description, String(end + Int(configuration.retention.components.seconds)),
                String(end + Int(configuration.statsRetention.components.seconds)), String(plan.limit),
                plan.mode.rawValue, belief.identities, bell.thresholds,
                belief.day.period.name == name ? tombstones?.fingerprint ?? "" : "", isDryRun ? "1" : "",
                String(items.count),
            ]
            return ScriptCall(
                keys: [
                    keys.members(account, name), keys.held(account, name), keys.stats(account, name),
                    keys.plan(account), keys.merged(account, name), keys.outbox(account), keys.erased(account, name),
                ],
                arguments: arguments + contacts + items.map(\.field)
                    + contacts.map { tombstones?.tombstone(of: $0, in: account, name) ?? "" })
        }
        guard let elements = reply.elements, elements.count == 6, let before = Standing(elements),
            case .string(let letters) = elements[4], letters.count == items.count, let notices = elements[5].integer
        else { throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to journal.lua") }
        if notices > 0 { await bell.ring(for: account) }
        return (letters.map { $0 == UInt8(ascii: "a") }, before)
    }

    /// Without the key with which somebody was erased in that period or later, who was erased could be counted twice, and
    /// be known again.
    private func checkKey(of account: String, _ period: PeriodName, _ identities: String) throws(HeadcountError) {
        guard let mark = IdentitiesMark(identities), let key = mark.key, mark.period >= period.description else {
            return
        }
        _ = try tombstones.known(key, of: account)
    }
}
