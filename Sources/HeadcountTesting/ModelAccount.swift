internal import Foundation
internal import Headcount

/// What the scripts of `lua/` do to one account, in plain Swift.
struct ModelAccount {
    struct Terms: Equatable {
        var plan: String
        var limit: Int
        var mode: LimitMode

        func overlaid(with change: PlanChange) -> Terms {
            Terms(plan: change.plan ?? plan, limit: change.limit ?? limit, mode: change.mode ?? mode)
        }

        var effectiveLimit: Int { mode == .unlimited ? .max : limit }
    }

    struct Counts {
        var members: Set<ExactText> = []
        var refused: Set<ExactText> = []
        /// When the slots that are held for contacts end.
        var held: [ExactText: Date] = [:]
        var holders: [ExactText: [Holder]] = [:]
        /// Tombstones of those who were erased before they were counted.
        var erased: Set<ExactText> = []
        /// Contacts that go by another name.
        var merged: [ExactText: ExactText] = [:]
        var expiresAt = Date.distantFuture

        func slots(at now: Date) -> Int { held.values.count { $0 > now } }
    }

    struct Holder {
        let id: String
        var leaseEnd: Date
    }

    private let defaultTerms: Terms
    let retention: TimeInterval
    private var ownTerms: Terms?
    private var nextTerms: (terms: Terms, after: PeriodName)?
    private var ownCalendar: BillingCalendar?
    private var nextCalendar: (calendar: BillingCalendar, from: Date)?
    private var version = 0
    var periods: [PeriodName: Counts] = [:]
    /// The last period in which contacts were erased or merged, and whether any was erased.
    var identities: (period: PeriodName, hasErased: Bool)?

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

    /// Of a period that need not be the current one.
    func terms(in period: PeriodName) -> Terms {
        if let nextTerms, period.description > nextTerms.after.description { return nextTerms.terms }
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

    mutating func activate(_ contact: ExactText, at now: Date) -> Decision {
        let period = period(at: now)
        let terms = terms(at: now)
        var counts = openCounts(in: period, at: now)
        var (name, isErased) = name(of: contact, in: period.name, counts)
        let tombstone = Self.tombstone(of: contact)
        if name == contact, hasErased(in: period.name), let end = counts.held[tombstone], end > now { name = tombstone }
        let slots = counts.slots(at: now)
        let verdict: Verdict
        if isErased || counts.members.contains(name) {
            verdict = .alreadyActivated
        } else if counts.held[name].map({ $0 > now }) ?? false {
            verdict = .activated
            counts.members.insert(name)
            counts.held[name] = nil
        } else if terms.mode != .hard || counts.members.count + slots < terms.limit {
            verdict = .activated
            counts.members.insert(name)
        } else {
            verdict = .limitReached
            counts.refused.insert(name)
        }
        periods[period.name] = counts
        return Decision(verdict: verdict, period: period, standing: standing(counts, terms, at: now))
    }

    /// What is counted in the period, to be added to.
    func openCounts(in period: Period, at now: Date) -> Counts {
        var counts = counts(in: period.name, at: now)
        if counts.expiresAt == .distantFuture { counts.expiresAt = period.end.addingTimeInterval(retention) }
        return counts
    }

    func standing(_ counts: Counts, _ terms: Terms, at now: Date) -> Standing {
        Standing(used: counts.members.count, held: counts.slots(at: now), limit: terms.limit, mode: terms.mode)
    }

    mutating func apply(_ change: PlanChange, at now: Date) throws {
        let period = period(at: now)
        settleWhatIsDue(at: now)
        var isChanged = false
        if change.plan != nil || change.limit != nil || change.mode != nil {
            isChanged = applyTerms(change, in: period.name)
        }
        if change.zone != nil || change.startDay != nil {
            let counts = counts(in: period.name, at: now)
            let isFresh = counts.members.isEmpty && counts.slots(at: now) == 0
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
