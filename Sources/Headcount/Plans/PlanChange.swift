/// What is to change about an account's plan. What is nil stays as it is.
public struct PlanChange: Hashable, Sendable {
    /// When a new plan, limit or mode takes effect.
    public enum Effect: String, Sendable {
        /// From the next call on, on every node.
        case now
        /// When the current period ends.
        case atPeriodEnd = "period-end"
    }

    /// Name of a plan in the catalogue. Its limit and mode come with it unless ``limit`` and ``mode`` say otherwise.
    public var plan: String?
    /// Contacts a month, 0 to 1,000,000,000.
    public var limit: Int?
    /// What happens at the limit.
    public var mode: LimitMode?
    /// IANA time zone. Takes effect with the next period; at once for an account that has counted nothing in this one.
    public var zone: String?
    /// The day on which periods begin, 1 to 28. Takes effect as ``zone`` does.
    public var startDay: Int?
    /// When plan, limit and mode take effect.
    public var effect: Effect

    /// A change of what is given.
    public init(
        plan: String? = nil, limit: Int? = nil, mode: LimitMode? = nil, zone: String? = nil, startDay: Int? = nil,
        effect: Effect = .now
    ) {
        self.plan = plan
        self.limit = limit
        self.mode = mode
        self.zone = zone
        self.startDay = startDay
        self.effect = effect
    }

    /// Whether nothing is to change.
    var isEmpty: Bool { plan == nil && limit == nil && mode == nil && zone == nil && startDay == nil }

    /// The change with the plan's own limit and mode filled in.
    ///
    /// - Throws: ``HeadcountError/Code/invalidPlan`` for a value that does not exist or is out of range.
    package func resolved(in catalogue: PlanCatalogue) throws(HeadcountError) -> PlanChange {
        var change = self
        if let plan {
            let known = try catalogue.plan(named: plan)
            change.limit = limit ?? known.limit
            change.mode = mode ?? known.mode
        }
        if let limit = change.limit, !LimitRange.contains(limit) {
            throw HeadcountError(
                .invalidPlan, "a limit is \(LimitRange.lowerBound) to \(LimitRange.upperBound)", value: String(limit))
        }
        _ = try BillingCalendar(zone: zone ?? "UTC", startDay: startDay ?? 1)
        return change
    }
}
