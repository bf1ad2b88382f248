internal import Foundation
internal import Headcount

/// What `lua/activate.lua` and `lua/plan.lua` do to one account, in plain Swift.
struct ModelAccount {
    struct Terms: Equatable {
        var plan: String
        var limit: Int
        var mode: LimitMode

        func overlaid(with change: PlanChange) -> Terms {
            Terms(plan: change.plan ?? plan, limit: change.limit ?? limit, mode: change.mode ?? mode)
        }
    }

    struct Counts {
        var members: Set<String> = []
        var refused: Set<String> = []
        var expiresAt = Date.distantFuture
    }

    private let defaultTerms: Terms
    private let retention: TimeInterval
    private var ownTerms: Terms?
    private var nextTerms: (terms: Terms, after: PeriodName)?
    private var ownCalendar: BillingCalendar?
    private var nextCalendar: (calendar: BillingCalendar, from: Date)?
    private var version = 0
    private var periods: [PeriodName: Counts] = [:]

    init(defaultPlan: Plan, retention: Duration) {
        defaultTerms = Terms(plan: defaultPlan.name, limit: defaultPlan.limit, mode: defaultPlan.mode)
        self.retention = TimeInterval(retention.components.seconds)
    }

    var schedule: CalendarSchedule {
        CalendarSchedule(
            current: ownCalendar ?? .utc, next: nextCalendar?.calendar, from: nextCalendar?.from ?? .distantFuture)
    }

    func terms(at now: Date) -> Terms {
        if let nextTerms, period(at: now).name != nextTerms.after { return nextTerms.terms }
        return ownTerms ?? defaultTerms
    }

    func period(at now: Date) -> Period { schedule.period(at: now) }

    func period(named name: String?, at now: Date) throws -> Period {
        try schedule.day(at: now).period(named: name)
    }

    func counts(in period: PeriodName, at now: Date) -> Counts {
        guard let counts = periods[period], now < counts.expiresAt else { return Counts() }
        return counts
    }

    mutating func activate(_ contact: String, at now: Date) -> Decision {
        let period = period(at: now)
        let terms = terms(at: now)
        var counts = counts(in: period.name, at: now)
        if counts.members.isEmpty && counts.refused.isEmpty {
            counts.expiresAt = period.end.addingTimeInterval(retention)
        }
        let verdict: Verdict
        if counts.members.contains(contact) {
            verdict = .alreadyActivated
        } else if terms.mode != .hard || counts.members.count < terms.limit {
            verdict = .activated
            counts.members.insert(contact)
        } else {
            verdict = .limitReached
            counts.refused.insert(contact)
        }
        periods[period.name] = counts
        return Decision(
            verdict: verdict, period: period,
            standing: Standing(used: counts.members.count, held: 0, limit: terms.limit, mode: terms.mode))
    }

    mutating func apply(_ change: PlanChange, at now: Date) throws {
        let period = period(at: now)
        settleWhatIsDue(at: now)
        var isChanged = false
        if change.plan != nil || change.limit != nil || change.mode != nil {
            isChanged = applyTerms(change, in: period.name)
        }
        if change.zone != nil || change.startDay != nil {
            let isFresh = counts(in: period.name, at: now).members.isEmpty
            isChanged = try applyCalendar(change, at: now, isFresh: isFresh) || isChanged
        }
        if isChanged { version += 1 }
    }

    private mutating func settleWhatIsDue(at now: Date) {
        if let next = nextTerms, period(at: now).name != next.after { (ownTerms, nextTerms) = (next.terms, nil) }
        if let next = nextCalendar, now >= next.from { (ownCalendar, nextCalendar) = (next.calendar, nil) }
    }

    private mutating func applyTerms(_ change: PlanChange, in period: PeriodName) -> Bool {
        let current = ownTerms ?? defaultTerms
        if change.effect == .atPeriodEnd {
            let base = nextTerms?.terms ?? current
            let target = base.overlaid(with: change)
            if target == base { return false }
            nextTerms = target == current ? nil : (target, period)
            return true
        }
        let target = current.overlaid(with: change)
        let pending = nextTerms
        if change.plan != nil || change.limit != nil {
            nextTerms = nil
        } else {
            nextTerms = pending.map { ($0.terms.overlaid(with: change), $0.after) }
        }
        let isChanged = ownTerms != target || pending?.terms != nextTerms?.terms
        ownTerms = target
        return isChanged
    }

    private mutating func applyCalendar(_ change: PlanChange, at now: Date, isFresh: Bool) throws -> Bool {
        let current = ownCalendar ?? .utc
        let base = nextCalendar?.calendar ?? current
        let target = try BillingCalendar(zone: change.zone ?? base.zone, startDay: change.startDay ?? base.startDay)
        if target == base { return false }
        if isFresh && change.effect == .now {
            (ownCalendar, nextCalendar) = (target, nil)
            // The plan that waits does so for the end of the period that is now the current one.
            let current = period(at: now).name
            nextTerms?.after = current
        } else {
            ownCalendar = current
            nextCalendar = target == current ? nil : (target, current.period(at: now).end)
        }
        return true
    }

    func plan(of account: String, at now: Date) -> AccountPlan {
        var settled = self
        settled.settleWhatIsDue(at: now)
        let terms = settled.ownTerms ?? defaultTerms
        return AccountPlan(
            account: account, plan: terms.plan, limit: terms.limit, mode: terms.mode,
            calendar: settled.ownCalendar ?? .utc, version: settled.version,
            pendingPlan: settled.nextTerms.map {
                .init(
                    plan: $0.terms.plan, limit: $0.terms.limit, mode: $0.terms.mode, from: settled.period(at: now).end)
            },
            pendingCalendar: settled.nextCalendar.map { .init(calendar: $0.calendar, from: $0.from) })
    }
}
