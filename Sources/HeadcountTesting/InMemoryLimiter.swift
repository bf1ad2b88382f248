public import Foundation
public import Headcount
internal import Synchronization

/// A ``ContactLimiter`` without Redis, for the tests of those who use one: same answers, one process, a clock of your
/// choice.
///
///     let limiter = InMemoryLimiter()
///     try await limiter.setPlan(PlanChange(limit: 2), for: "acct_42", by: "test")
///
/// It is also the model that the scripts are held against. Approximate numbers of Redis are exact here.
public final class InMemoryLimiter: ContactLimiter {
    private let configuration: LimiterConfiguration
    private let now: @Sendable () -> Date
    private let accounts = Mutex<[String: ModelAccount]>([:])

    /// - Parameters:
    ///   - configuration: plans, kinds of action and retention; the rest has no meaning here. What is in memory is always
    ///     there to be asked: nothing fails open.
    ///   - now: the time that decides the month; the machine's clock unless a test has its own.
    public init(
        configuration: LimiterConfiguration = LimiterConfiguration(), now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.configuration = configuration
        self.now = now
    }

    /// Activates one contact.
    public func activate(_ contact: String, in account: String, by action: Action) async throws -> Decision {
        try await activate([contact], in: account, by: action)[0]
    }

    /// Activates contacts in order.
    public func activate(_ contacts: [String], in account: String, by action: Action) async throws -> [Decision] {
        for contact in contacts { try Identifier.check(contact: contact) }
        let counts = try configuration.actionKinds.counts(action)
        return try withAccount(account) { model, now in
            contacts.map { contact in
                guard counts else {
                    let standing = Standing(used: 0, held: 0, limit: .max, mode: .unlimited)
                    return Decision(verdict: .notCounted, period: model.period(at: now), standing: standing)
                }
                return model.activate(ExactText(contact), at: now)
            }
        }
    }

    /// Holds a slot for each contact, in order.
    public func reserve(
        _ contacts: [String], in account: String, by action: Action, lease: Duration
    ) async throws -> [Reservation] {
        for contact in contacts { try Identifier.check(contact: contact) }
        let counts = try configuration.actionKinds.counts(action)
        return try withAccount(account) { model, now in
            contacts.map { contact in
                guard counts else {
                    let standing = Standing(used: 0, held: 0, limit: .max, mode: .unlimited)
                    return Reservation(
                        verdict: .notCounted, token: nil, period: model.period(at: now), standing: standing)
                }
                return model.reserve(ExactText(contact), lease: lease, at: now)
            }
        }
    }

    /// Counts those whose slots were held.
    @discardableResult
    public func confirm(_ tokens: [ReservationToken], in account: String) async throws -> [Settlement] {
        try withAccount(account) { model, now in tokens.map { model.settle($0, isConfirmed: true, at: now) } }
    }

    /// Lets go of slots that were held.
    @discardableResult
    public func release(_ tokens: [ReservationToken], in account: String) async throws -> [Settlement] {
        try withAccount(account) { model, now in tokens.map { model.settle($0, isConfirmed: false, at: now) } }
    }

    /// Erases a contact's identity.
    ///
    /// - Returns: The periods in which it was found, newest first.
    public func erase(_ contact: String, in account: String) async throws -> [PeriodName] {
        try Identifier.check(contact: contact)
        return try withAccount(account) { model, now in model.erase(ExactText(contact), at: now) }
    }

    /// Makes two contacts of one person one.
    @discardableResult
    public func merge(_ from: String, into: String, in account: String) async throws -> Merge {
        for contact in [from, into] { try Identifier.check(contact: contact) }
        return try withAccount(account) { model, now in model.merge(ExactText(from), into: ExactText(into), at: now) }
    }

    /// Counts what was admitted without Redis, as ``Limiter/replayJournal(at:isDryRun:)`` does.
    ///
    /// - Returns: A line for each period: its name, how many were replayed, are new, and are over the limit; used and limit.
    package func replay(_ entries: [JournalEntry], in account: String) throws -> [String] {
        try withAccount(account) { model, now in
            model.replay(entries, at: now).map {
                "\($0.period) \($0.replayed) \($0.newlyCounted) \($0.overLimit) \($0.used) \($0.limit)"
            }
        }
    }

    /// The account's standing in a period.
    public func usage(of account: String, period: String?) async throws -> Usage {
        try withAccount(account) { model, now in
            let asked = try model.period(named: period, at: now)
            let terms = model.terms(at: now)
            let counts = model.counts(in: asked.name, at: now)
            return Usage(
                account: account, period: asked, plan: terms.plan, calendar: model.schedule.calendar(at: now),
                refusedContacts: counts.refused.count,
                standing: model.standing(counts, terms, at: now))
        }
    }

    /// The plan that the account is on.
    public func plan(of account: String) async throws -> AccountPlan {
        try withAccount(account) { model, now in model.plan(of: account, at: now) }
    }

    /// Changes the account's plan. There is no audit list: `who` is not kept.
    @discardableResult
    public func setPlan(_ change: PlanChange, for account: String, by who: String) async throws -> AccountPlan {
        try Identifier.check(who: who)
        let change = try change.resolved(in: configuration.plans)
        return try withAccount(account) { model, now in
            try model.apply(change, at: now)
            return model.plan(of: account, at: now)
        }
    }

    /// Whether each contact is activated in a period.
    public func isActivated(_ contacts: [String], in account: String, period: String?) async throws -> [Bool] {
        for contact in contacts { try Identifier.check(contact: contact) }
        return try withAccount(account) { model, now in
            let members = model.counts(in: try model.period(named: period, at: now).name, at: now).members
            return contacts.map { members.contains(ExactText($0)) }
        }
    }

    private func withAccount<Result>(
        _ account: String, _ body: (inout ModelAccount, Date) throws -> Result
    ) throws -> Result {
        try Identifier.check(account: account)
        return try accounts.withLock { accounts in
            var model =
                accounts[account]
                ?? ModelAccount(defaultPlan: configuration.plans.defaultPlan, retention: configuration.retention)
            let result = try body(&model, now())
            accounts[account] = model
            return result
        }
    }
}
