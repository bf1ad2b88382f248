internal import Foundation
internal import RedisClient

/// What an erasure found.
public struct Erasure: Hashable, Sendable {
    /// The periods in which the contact was counted or held, newest first.
    public let periods: [PeriodName]
    /// The campaigns whose audience had it.
    public let campaigns: [String]
    /// The scenarios with which it had a run or a dead letter, by id.
    public let scenarios: [String]
    /// Whether events of it were remembered.
    public let hadEvents: Bool

    /// Whether the contact was found anywhere.
    public var isFound: Bool { !periods.isEmpty || !campaigns.isEmpty || !scenarios.isEmpty || hadEvents }
}

/// What a merge found in the current period.
public struct Merge: Hashable, Sendable {
    /// Whether the contact that is no more was counted.
    public let fromWasCounted: Bool
    /// Whether the contact that stays was counted.
    public let intoWasCounted: Bool

    package init(fromWasCounted: Bool, intoWasCounted: Bool) {
        self.fromWasCounted = fromWasCounted
        self.intoWasCounted = intoWasCounted
    }
}

extension Limiter {
    /// Erases a contact's identity (R12): in each period a tombstone, made with the secret
    /// ``LimiterConfiguration/tombstoneKey``, takes its place. The count stays, and the same person coming back in the
    /// current period is not counted twice. In campaigns its outcome stays, without the contact; what was not sent to it
    /// yet is skipped. Its runs of scenarios end, and what is remembered of its events and runs is deleted.
    ///
    /// Keys: each kept period's members, held, holders and merged, the plan, each campaign's and scenario's, the contact's
    /// list, `heard`, `ended` and `dead`.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidContact`, `unavailable`; `invalidConfiguration` without a
    ///   tombstone key, or with another one than the period's. Repeat it when it failed in the middle.
    public func erase(_ contact: String, in account: String) async throws -> Erasure {
        try Identifier.check(account: account)
        try Identifier.check(contact: contact)
        guard let tombstones else {
            throw HeadcountError(
                .invalidConfiguration,
                "erasing needs a tombstone key, so that who is erased is not counted twice; set HEADCOUNT_TOMBSTONE_KEY to a "
                    + "secret that all processes share, such as openssl rand -hex 32 prints")
        }
        var periods = try await erasePeriods(contact, in: account, tombstones)
        var found: [String] = []
        for id in try await runner.send(["ZRANGE", keys.campaigns(account), "0", "-1"]).elements ?? [] {
            guard let id = id.text else { continue }
            let name = AutomationName(.campaign, account: account, id: id)
            if try await forget(contact, of: name) { found.append(id) }
        }
        let (scenarios, hadEvents) = try await scenarios.forget(contact, in: account)
        // Once more: one of them may have counted it meanwhile. What is under way is held, and goes by the tombstone.
        for period in try await erasePeriods(contact, in: account, tombstones) where !periods.contains(period) {
            periods.append(period)
        }
        activator.cache?.forget(account)
        return Erasure(periods: periods, campaigns: found, scenarios: scenarios, hadEvents: hadEvents)
    }

    private func erasePeriods(
        _ contact: String, in account: String, _ tombstones: Tombstones
    ) async throws -> [PeriodName] {
        var periods: [PeriodName] = []
        for period in try await keptPeriods(of: account) where try await erase(contact, in: account, period, tombstones)
        {
            periods.append(period)
        }
        return periods
    }

    private func erase(
        _ contact: String, in account: String, _ period: PeriodName, _ tombstones: Tombstones
    ) async throws -> Bool {
        let merged = try await merged(into: contact, in: account, period).flatMap {
            [$0, tombstones.tombstone(of: $0, in: account, period)]
        }
        do {
            let (reply, _) = try await runner.run(LimiterScripts.erase, for: account) { belief in
                ScriptCall(
                    keys: [
                        keys.members(account, period), keys.held(account, period), keys.plan(account),
                        keys.merged(account, period), keys.holders(account, period), keys.erased(account, period),
                    ],
                    arguments: [
                        belief.schedule.fields, String(belief.day.start.epochSeconds),
                        String(belief.day.end.epochSeconds), belief.day.period.name.description, period.description,
                        tombstones.fingerprint, contact, tombstones.tombstone(of: contact, in: account, period),
                        String(try expiry(of: period, belief)),
                    ] + merged)
            }
            return reply.integer == 1
        } catch let error as HeadcountError where error.reason.contains("OTHER_KEY") {
            throw HeadcountError(
                .invalidConfiguration,
                "contacts of account \(account) were erased this period with another tombstone key; set "
                    + "HEADCOUNT_TOMBSTONE_KEY to that one")
        }
    }

    /// When what is kept of the period's contacts expires, in epoch seconds.
    private func expiry(of period: PeriodName, _ belief: AccountBelief) throws -> Int {
        let calendar = try BillingCalendar(zone: belief.day.calendar.zone, startDay: period.startDay)
        let end = calendar.period(year: period.year, month: period.month).end
        return end.epochSeconds + Int(configuration.retention.components.seconds)
    }

    private func merged(into contact: String, in account: String, _ period: PeriodName) async throws -> [String] {
        var found: [String] = []
        try await scan(["HSCAN", keys.merged(account, period)]) { page in
            for index in stride(from: 0, to: page.count - 1, by: 2)
            where ExactText(page[index + 1]) == ExactText(contact) {
                found.append(page[index])
            }
        }
        return found
    }

    /// Makes two contacts of one person one, in the current period (R12): `from` goes by the name of `into` from then on.
    /// Nothing is given back: were both counted, both stay counted. Reservations of `from` become those of `into`.
    ///
    /// Keys: the period's members, held, holders and merged, and the plan.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidContact`, `unavailable`.
    @discardableResult
    public func merge(_ from: String, into: String, in account: String) async throws -> Merge {
        try Identifier.check(account: account)
        try Identifier.check(contact: from)
        try Identifier.check(contact: into)
        guard ExactText(from) != ExactText(into) else {
            throw HeadcountError(.invalidContact, "this contact can't be merged into itself", value: from)
        }
        let current = runner.belief(of: account).day.period.name
        let known = try await runner.send(["HGET", keys.merged(account, current), from]).text
        let others = try await merged(into: known ?? from, in: account, current)
        let (reply, _) = try await runner.run(LimiterScripts.merge, for: account) { belief in
            let period = belief.day.period
            return ScriptCall(
                keys: [
                    keys.members(account, period.name), keys.held(account, period.name), keys.plan(account),
                    keys.merged(account, period.name), keys.holders(account, period.name),
                ],
                arguments: [
                    belief.schedule.fields, String(belief.day.start.epochSeconds), String(belief.day.end.epochSeconds),
                    period.name.description,
                    String(period.end.epochSeconds + Int(configuration.retention.components.seconds)), from, into,
                    tombstones?.tombstone(of: from, in: account, period.name) ?? "",
                    tombstones?.tombstone(of: into, in: account, period.name) ?? "",
                ] + others.prefix(4_000))
        }
        guard let elements = reply.elements, elements.count == 2 else {
            throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to merge.lua")
        }
        activator.cache?.forget(account)
        return Merge(fromWasCounted: elements[0].integer == 1, intoWasCounted: elements[1].integer == 1)
    }

    /// Removes an account: all of its keys, and its place in every list. Its contacts count anew if it comes back; other
    /// processes may let counted ones pass for as long as their local cache remembers them.
    ///
    /// - Returns: How many keys it had.
    /// - Throws: ``HeadcountError``: `invalidAccount`, `unavailable`. Repeat it when it failed in the middle.
    @discardableResult
    public func removeAccount(_ account: String) async throws -> Int {
        try Identifier.check(account: account)
        let campaigns = try await runner.send(["ZRANGE", keys.campaigns(account), "0", "-1"]).elements ?? []
        for id in campaigns.compactMap(\.text) { try await dueCampaigns.remove("\(account) \(id)") }
        for id in try await scenarios.ids(of: account) { try await dueScenarios.remove("\(account) \(id)") }
        try await channels.unlinkAll(from: account)
        _ = try await runner.send(["ZREM", keys.dueNotices, account])
        var removed = 0
        // Twice, since somebody may be writing meanwhile.
        for _ in 0..<2 {
            try await scanKeys(matching: keys.pattern(of: account)) { page in
                if page.isEmpty { return }
                removed += try await runner.send(RedisCommand(["UNLINK"] + page)).integer ?? 0
            }
        }
        let now = try await askTime()
        // For journals that still have contacts of it: no period lasts for more than 63 days.
        let expiry = 63 * 86_400 + Int(configuration.retention.components.seconds)
        _ = try await runner.send(["SET", keys.removed(account), String(now.epochSeconds), "EX", String(expiry)])
        var month = BillingCalendar.utc.period(at: now.addingTimeInterval(14 * 3_600)).name
        for _ in 0..<6 {
            _ = try await runner.send(["SREM", keys.index(month), account])
            month = month.previous
        }
        index.forget(account)
        activator.cache?.forget(account)
        return removed
    }
}
