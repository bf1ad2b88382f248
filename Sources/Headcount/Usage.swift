public import Foundation

/// An account's standing in a period. Plan, limit and mode are those in force now, for a past period too.
public struct Usage: Hashable, Sendable {
    /// The account.
    public let account: String
    /// The period that was asked for.
    public let period: Period
    /// Name of the plan.
    public let plan: String
    /// Time zone and start day of the account's months.
    public let calendar: BillingCalendar
    /// About how many distinct contacts were refused (standard error 0.81 %, from Redis's HyperLogLog).
    public let refusedContacts: Int
    private let standing: Standing

    package init(
        account: String, period: Period, plan: String, calendar: BillingCalendar, refusedContacts: Int,
        standing: Standing
    ) {
        self.account = account
        self.period = period
        self.plan = plan
        self.calendar = calendar
        self.refusedContacts = refusedContacts
        self.standing = standing
    }

    /// Contacts counted in the period.
    public var used: Int { standing.used }
    /// Slots held by reservations.
    public var held: Int { standing.held }
    /// Most contacts that may be counted; `Int.max` in mode ``LimitMode/unlimited``.
    public var limit: Int { standing.effectiveLimit }
    /// How many more contacts can be counted; `Int.max` in mode ``LimitMode/unlimited``.
    public var remaining: Int { standing.remaining }
    /// Whether more contacts are counted than the limit allows.
    public var overLimit: Bool { standing.isOverLimit }
    /// What happens at the limit.
    public var mode: LimitMode { standing.mode }
    /// When the count starts from zero again.
    public var resetsAt: Date { period.end }

    /// Used, in percent of the limit, rounded down; 100 for a limit of 0. Nil in mode ``LimitMode/unlimited``.
    public var percentUsed: Int? {
        if mode == .unlimited { return nil }
        return limit == 0 ? 100 : used * 100 / limit
    }
}
