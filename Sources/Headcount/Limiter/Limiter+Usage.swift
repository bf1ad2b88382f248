internal import Foundation
internal import RedisClient

extension Limiter {
    /// The account's standing in a period. Keys read: its members, held and refused, and the plan; once members have
    /// expired, its stats.
    ///
    /// - Parameter period: `YYYY-MM`, the period that began in that month, or `YYYY-MM-DD`; nil for the current one.
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidPeriod`, `unavailable`.
    public func usage(of account: String, period: String?) async throws -> Usage {
        try Identifier.check(account: account)
        let plan = configuration.plans.defaultPlan
        var asked: Period?
        let (reply, belief) = try await runner.run(LimiterScripts.usage, for: account) { belief in
            let day = belief.day
            let choice = try day.period(named: period)
            let name = choice.name
            asked = choice
            return ScriptCall(
                keys: [
                    keys.members(account, name), keys.held(account, name), keys.refused(account, name),
                    keys.plan(account),
                ],
                arguments: [
                    belief.schedule.fields, String(day.start.epochSeconds), String(day.end.epochSeconds),
                    plan.name, String(plan.limit), plan.mode.rawValue, day.period.name.description,
                ]
            )
        }
        guard let elements = reply.elements, elements.count == 6, let members = elements[0].integer,
            let held = elements[1].integer, let refused = elements[2].integer, let plan = elements[3].text,
            let limit = elements[4].integer, let mode = elements[5].text.flatMap(LimitMode.init(rawValue:)), let asked
        else { throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to usage.lua") }
        // Members of long ago have expired; the daily numbers have not.
        let isPast = asked.end <= belief.day.period.start
        let used = members == 0 && isPast ? try await summary(of: account, asked).used : members
        return Usage(
            account: account, period: asked, plan: plan, calendar: belief.day.calendar,
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
            let (reply, _) = try await runner.run(LimiterScripts.check, for: account) { belief in
                let day = belief.day
                let name = try day.period(named: period).name
                return ScriptCall(
                    keys: [keys.members(account, name), keys.plan(account)],
                    arguments: [
                        belief.schedule.fields, String(day.start.epochSeconds), String(day.end.epochSeconds),
                    ] + part
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
