public import Foundation

/// The plan that an account is on, and what waits to replace it.
public struct AccountPlan: Hashable, Sendable {
    /// A plan, limit and mode that take effect later.
    public struct PendingPlan: Hashable, Sendable {
        /// Name of the plan.
        public let plan: String
        /// Contacts a month.
        public let limit: Int
        /// What happens at the limit.
        public let mode: LimitMode
        /// When it takes effect.
        public let from: Date

        package init(plan: String, limit: Int, mode: LimitMode, from: Date) {
            self.plan = plan
            self.limit = limit
            self.mode = mode
            self.from = from
        }
    }

    /// A calendar that takes effect later.
    public struct PendingCalendar: Hashable, Sendable {
        /// Time zone and start day.
        public let calendar: BillingCalendar
        /// When it takes effect.
        public let from: Date

        package init(calendar: BillingCalendar, from: Date) {
            self.calendar = calendar
            self.from = from
        }
    }

    /// The account.
    public let account: String
    /// Name of the plan.
    public let plan: String
    /// Contacts a month.
    public let limit: Int
    /// What happens at the limit.
    public let mode: LimitMode
    /// Time zone and start day of its months.
    public let calendar: BillingCalendar
    /// How often it was changed; 0 for an account that was never given a plan.
    public let version: Int
    /// A change of plan, limit or mode that waits.
    public let pendingPlan: PendingPlan?
    /// A change of time zone or start day that waits.
    public let pendingCalendar: PendingCalendar?

    package init(
        account: String, plan: String, limit: Int, mode: LimitMode, calendar: BillingCalendar, version: Int,
        pendingPlan: PendingPlan?, pendingCalendar: PendingCalendar?
    ) {
        self.account = account
        self.plan = plan
        self.limit = limit
        self.mode = mode
        self.calendar = calendar
        self.version = version
        self.pendingPlan = pendingPlan
        self.pendingCalendar = pendingCalendar
    }
}

/// One entry of an account's audit list.
public struct PlanAuditEntry: Hashable, Sendable {
    /// When it was made, by Redis's clock.
    public let at: Date
    /// Who made it.
    public let who: String
    /// The values before, such as `plan=free limit=100`.
    public let from: String
    /// The values after.
    public let to: String
    /// When it takes effect.
    public let effective: Date
}
