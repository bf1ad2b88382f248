internal import Foundation
internal import RedisClient

extension Limiter {
    /// The plan that the account is on, the default plan if it was never given one. Key read: the plan.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `unavailable`.
    public func plan(of account: String) async throws -> AccountPlan {
        try await runPlanScript(PlanChange(), for: account, by: "")
    }

    /// Changes the account's plan, limit, mode, time zone or start day, and keeps the change in the audit list (R8).
    /// Keys written: the plan, the audit list and the outbox. Setting what holds already changes nothing.
    ///
    /// - Parameter who: who is named in the audit list; 1 to 256 bytes without control characters.
    /// - Returns: The plan after the change.
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidPlan`, `unavailable`.
    @discardableResult
    public func setPlan(_ change: PlanChange, for account: String, by who: String) async throws -> AccountPlan {
        try Identifier.check(who: who)
        return try await runPlanScript(change.resolved(in: configuration.plans), for: account, by: who)
    }

    private func runPlanScript(_ change: PlanChange, for account: String, by who: String) async throws -> AccountPlan {
        try Identifier.check(account: account)
        let plan = configuration.plans.defaultPlan
        if !change.isEmpty { await index.enter(account, runner.belief(of: account).day.period.name) }
        let (reply, _) = try await runner.run(LimiterScripts.plan, for: account) { belief in
            let (day, schedule) = (belief.day, belief.schedule)
            let name = day.period.name
            let base = schedule.latest
            let atOnce = try BillingCalendar(zone: change.zone ?? base.zone, startDay: change.startDay ?? base.startDay)
            return ScriptCall(
                keys: [
                    keys.members(account, name), keys.held(account, name), keys.plan(account), keys.audit(account),
                    keys.outbox(account),
                ],
                arguments: [
                    schedule.fields, String(day.start.epochSeconds), String(day.end.epochSeconds),
                    plan.name, String(plan.limit), plan.mode.rawValue, who, change.effect.rawValue,
                    change.plan ?? "", change.limit.map(String.init) ?? "", change.mode?.rawValue ?? "",
                    change.zone ?? "", change.startDay.map(String.init) ?? "", name.description,
                    String(day.period.end.epochSeconds),
                    String(day.calendar.period(at: day.start).end.epochSeconds),
                    atOnce.period(at: runner.clock.now).name.description, bell.thresholds,
                    String(day.period.end.epochSeconds + Int(configuration.retention.components.seconds)),
                ]
            )
        }
        guard let fields = reply.elements?.compactMap(\.text), fields.count == 12,
            let plan = try AccountPlan(account, fields, now: runner.clock.now)
        else { throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to plan.lua") }
        if fields[11] != "0" { await bell.ring(for: account) }
        return plan
    }

    /// The account's plan changes, newest first, 1,000 at most. Key read: the audit list.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `unavailable`.
    public func planAudit(of account: String, newest count: Int = 1_000) async throws -> [PlanAuditEntry] {
        try Identifier.check(account: account)
        let reply = try await runner.send(["XREVRANGE", keys.audit(account), "+", "-", "COUNT", String(count)])
        return (reply.elements ?? []).compactMap(PlanAuditEntry.init)
    }
}

extension AccountPlan {
    /// From the reply of `plan.lua`. Nil if that is malformed.
    fileprivate init?(
        _ account: String, _ fields: [String], now: Date
    ) throws(HeadcountError) {
        guard let limit = Int(fields[2]), let mode = LimitMode(rawValue: fields[3]),
            let startDay = Int(fields[5])
        else { return nil }
        let calendar = try BillingCalendar(zone: fields[4], startDay: startDay)
        var schedule = CalendarSchedule(current: calendar)
        var pendingCalendar: PendingCalendar?
        if let startDay = Int(fields[10]) {
            let next = try BillingCalendar(zone: fields[9], startDay: startDay)
            let from = calendar.period(at: now).end
            pendingCalendar = PendingCalendar(calendar: next, from: from)
            schedule = CalendarSchedule(current: calendar, next: next, from: from)
        }
        var pendingPlan: PendingPlan?
        if let limit = Int(fields[7]), let mode = LimitMode(rawValue: fields[8]) {
            pendingPlan = PendingPlan(plan: fields[6], limit: limit, mode: mode, from: schedule.period(at: now).end)
        }
        self.init(
            account: account, plan: fields[1], limit: limit, mode: mode, calendar: calendar,
            version: Int(fields[0]) ?? 0, pendingPlan: pendingPlan, pendingCalendar: pendingCalendar)
    }
}

extension PlanAuditEntry {
    fileprivate init?(_ entry: RedisValue) {
        guard let parts = entry.elements, parts.count == 2, let fields = parts[1].fields,
            let milliseconds = parts[0].text?.split(separator: "-").first.flatMap({ Double($0) })
        else { return nil }
        at = Date(timeIntervalSince1970: milliseconds / 1000)
        who = fields["who"] ?? ""
        from = fields["from"] ?? ""
        to = fields["to"] ?? ""
        effective = fields["effective"].flatMap { Double($0) }.map { Date(timeIntervalSince1970: $0) } ?? at
    }
}
