/// What decides whether a contact may be activated: ``Limiter`` on Redis, or `InMemoryLimiter` of `HeadcountTesting`
/// in the tests of those who use it.
public protocol ContactLimiter: Sendable {
    /// Activates one contact.
    func activate(_ contact: String, in account: String, by action: Action) async throws -> Decision

    /// Activates any number of contacts, with the decisions in input order and as if they were asked for one by one.
    func activate(_ contacts: [String], in account: String, by action: Action) async throws -> [Decision]

    /// Holds a slot for each contact, in input order (R11).
    func reserve(
        _ contacts: [String], in account: String, by action: Action, lease: Duration
    ) async throws -> [Reservation]

    /// Counts those whose slots were held.
    @discardableResult
    func confirm(_ tokens: [ReservationToken], in account: String) async throws -> [Settlement]

    /// Lets go of slots that were held.
    @discardableResult
    func release(_ tokens: [ReservationToken], in account: String) async throws -> [Settlement]

    /// The account's standing in a period, the current one unless `period` names another as `YYYY-MM[-DD]`.
    func usage(of account: String, period: String?) async throws -> Usage

    /// The plan that the account is on.
    func plan(of account: String) async throws -> AccountPlan

    /// Changes the account's plan, for `who` in the audit list.
    @discardableResult
    func setPlan(_ change: PlanChange, for account: String, by who: String) async throws -> AccountPlan

    /// Whether each contact is activated in a period, the current one unless `period` names another.
    func isActivated(_ contacts: [String], in account: String, period: String?) async throws -> [Bool]
}

extension ContactLimiter {
    /// The account's standing in the current period.
    public func usage(of account: String) async throws -> Usage {
        try await usage(of: account, period: nil)
    }

    /// Whether the contact is activated in the current period.
    public func isActivated(_ contact: String, in account: String) async throws -> Bool {
        try await isActivated([contact], in: account, period: nil)[0]
    }
}
