internal import Foundation
internal import RedisClient

extension Limiter {
    /// Activates a contact: counts it if it was not yet counted in the account's current period and the limit allows.
    ///
    /// Keys: the period's members, held, stats and refused, and the plan; the index of accounts.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidContact` and `invalidAction` before anything is sent,
    ///   `unavailable` when Redis can't answer.
    public func activate(_ contact: String, in account: String, by action: Action) async throws -> Decision {
        try await activate([contact], in: account, by: action)[0]
    }

    /// Activates any number of contacts in calls of at most 512, one after the other: the decisions are in input order,
    /// and those of asking one by one. A contact that stands twice is `alreadyActivated` the second time.
    ///
    /// - Throws: As for one contact; all ids are checked before anything is sent. When Redis fails in the middle,
    ///   ``HeadcountError/decided`` has the decisions made until then.
    public func activate(_ contacts: [String], in account: String, by action: Action) async throws -> [Decision] {
        try Identifier.check(account: account)
        for contact in contacts { try Identifier.check(contact: contact) }
        guard try configuration.actionKinds.counts(action) else {
            let standing = Standing(used: 0, held: 0, limit: .max, mode: .unlimited)
            let decision = Decision(
                verdict: .notCounted, period: runner.day(of: account).day.period, standing: standing)
            return Array(repeating: decision, count: contacts.count)
        }
        var decisions: [Decision] = []
        decisions.reserveCapacity(contacts.count)
        var rest = contacts[...]
        while !rest.isEmpty {
            let part = rest.prefix(LimiterScripts.maximumContacts)
            do {
                decisions += try await activate(part: part, in: account, kind: action.kind)
            } catch var error as HeadcountError {
                error.decided = decisions
                throw error
            }
            rest = rest.dropFirst(part.count)
        }
        return decisions
    }

    private func activate(part: ArraySlice<String>, in account: String, kind: String) async throws -> [Decision] {
        let plan = configuration.plans.defaultPlan
        let (reply, day, _) = try await runner.run(LimiterScripts.activate, for: account) { day, schedule in
            let period = day.period.name
            let expiry = expiry(of: day.period)
            return (
                [
                    keys.members(account, period), keys.held(account, period), keys.stats(account, period),
                    keys.refused(account, period), keys.plan(account),
                ],
                [
                    schedule.fields, String(day.start.epochSeconds), String(day.end.epochSeconds),
                    "\(day.number):\(kind)", String(expiry.members), String(expiry.stats),
                    String(plan.limit), plan.mode.rawValue,
                ] + part
            )
        }
        let decisions = try ActivationReply(reply).decisions(in: day.period)
        guard decisions.count == part.count else { throw ActivationReply.malformed }
        await index.enter(account, day.period.name, expireAt: indexExpiry(of: day.period.name))
        return decisions
    }

    private func expiry(of period: Period) -> (members: Int, stats: Int) {
        let end = period.end.epochSeconds
        return (
            end + Int(configuration.retention.components.seconds),
            end + Int(configuration.statsRetention.components.seconds)
        )
    }

    /// The same for every account, so that one with an early period doesn't cut the index short: no period that begins
    /// in a month lasts longer than two months and a day after the month's first instant.
    func indexExpiry(of period: PeriodName) -> Date {
        let month = BillingCalendar.utc.period(year: period.year, month: period.month)
        return month.start.addingTimeInterval(63 * 86_400 + TimeInterval(configuration.retention.components.seconds))
    }
}

/// The reply of `activate.lua`.
private struct ActivationReply {
    private let before: Standing
    private let verdicts: [UInt8]

    static let malformed = HeadcountError(.unexpectedReply, "Redis sent a malformed reply to activate.lua")

    init(_ reply: RedisValue) throws(HeadcountError) {
        guard let elements = reply.elements, elements.count == 5, let used = elements[0].integer,
            let held = elements[1].integer, let limit = elements[2].integer,
            let mode = elements[3].text.flatMap(LimitMode.init(rawValue:)), case .string(let verdicts) = elements[4]
        else { throw Self.malformed }
        before = Standing(used: used, held: held, limit: limit, mode: mode)
        self.verdicts = verdicts
    }

    func decisions(in period: Period) throws(HeadcountError) -> [Decision] {
        var standing = before
        var decisions: [Decision] = []
        decisions.reserveCapacity(verdicts.count)
        for letter in verdicts {
            let verdict: Verdict
            switch letter {
            case UInt8(ascii: "a"):
                verdict = .activated
                standing.used += 1
            case UInt8(ascii: "h"):
                verdict = .activated
                standing.used += 1
                standing.held -= 1
            case UInt8(ascii: "m"): verdict = .alreadyActivated
            case UInt8(ascii: "r"): verdict = .limitReached
            default: throw Self.malformed
            }
            decisions.append(Decision(verdict: verdict, period: period, standing: standing))
        }
        return decisions
    }
}
