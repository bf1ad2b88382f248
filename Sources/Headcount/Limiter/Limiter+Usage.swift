internal import Foundation
internal import RedisClient

extension Limiter {
    /// The account's standing in a period. Keys read: its members, held and refused, and the plan.
    ///
    /// - Parameter period: `YYYY-MM`, the period that began in that month, or `YYYY-MM-DD`; nil for the current one.
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidPeriod`, `unavailable`.
    public func usage(of account: String, period: String?) async throws -> Usage {
        try Identifier.check(account: account)
        let plan = configuration.plans.defaultPlan
        var asked: Period?
        let (reply, _, schedule) = try await runner.run(LimiterScripts.usage, for: account) { day, schedule in
            let choice = try PeriodChoice(period, day: day, schedule: schedule)
            asked = choice.period
            let name = choice.period.name
            return (
                [
                    keys.members(account, name), keys.held(account, name), keys.refused(account, name),
                    keys.plan(account),
                ],
                [schedule.fields] + choice.bounds + [plan.name, String(plan.limit), plan.mode.rawValue]
            )
        }
        guard let elements = reply.elements, elements.count == 6, let used = elements[0].integer,
            let held = elements[1].integer, let refused = elements[2].integer, let plan = elements[3].text,
            let limit = elements[4].integer, let mode = elements[5].text.flatMap(LimitMode.init(rawValue:)), let asked
        else { throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to usage.lua") }
        return Usage(
            account: account, period: asked, plan: plan, calendar: schedule.calendar(at: runner.clock.now),
            refusedContacts: refused, standing: Standing(used: used, held: held, limit: limit, mode: mode))
    }

    /// Whether each contact is activated in a period. Keys read: the period's members, and the plan.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidContact`, `invalidPeriod`, `unavailable`.
    public func isActivated(_ contacts: [String], in account: String, period: String?) async throws -> [Bool] {
        try Identifier.check(account: account)
        for contact in contacts { try Identifier.check(contact: contact) }
        var results: [Bool] = []
        var rest = contacts[...]
        while !rest.isEmpty {
            let part = rest.prefix(LimiterScripts.maximumContacts)
            let (reply, _, _) = try await runner.run(LimiterScripts.check, for: account) { day, schedule in
                let choice = try PeriodChoice(period, day: day, schedule: schedule)
                return (
                    [keys.members(account, choice.period.name), keys.plan(account)],
                    [schedule.fields] + choice.bounds + part
                )
            }
            guard let elements = reply.elements, elements.count == part.count else {
                throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to check.lua")
            }
            results += elements.map { $0.integer == 1 }
            rest = rest.dropFirst(part.count)
        }
        return results
    }
}

/// The period that a reading call is about, and the time in which Redis's clock must be for it to be the right one.
package struct PeriodChoice {
    package let period: Period
    /// Two arguments of the scripts: epoch seconds, from and to.
    let bounds: [String]

    /// - Parameter text: `YYYY-MM[-DD]`; nil for the period of `day`.
    package init(_ text: String?, day: BillingDay, schedule: CalendarSchedule) throws(HeadcountError) {
        guard let text else {
            period = day.period
            bounds = [String(day.start.epochSeconds), String(day.end.epochSeconds)]
            return
        }
        let name = try PeriodName(text, startDay: day.calendar.startDay)
        if name == day.period.name {
            period = day.period
        } else {
            let calendar = try BillingCalendar(zone: day.calendar.zone, startDay: name.startDay)
            period = calendar.period(year: name.year, month: name.month)
        }
        bounds = ["0", "9007199254740991"]
    }
}
