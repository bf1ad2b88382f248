/// A plan that accounts can be on.
public struct Plan: Hashable, Sendable, Codable {
    /// Its name: lower-case letters, digits, `_` and `-`.
    public let name: String
    /// Contacts a month that it allows unless an account is given another limit.
    public let limit: Int
    /// The limits that it is sold with, ascending. Any other may be set for an account all the same.
    public let tiers: [Int]
    /// What happens at the limit.
    public let mode: LimitMode

    /// A plan; its limit is the only tier unless there are others.
    public init(name: String, limit: Int, tiers: [Int]? = nil, mode: LimitMode = .hard) {
        self.name = name
        self.limit = limit
        self.tiers = tiers ?? [limit]
        self.mode = mode
    }
}

/// The plans there are, and the one of accounts never heard of (R8).
public struct PlanCatalogue: Hashable, Sendable {
    /// In the order in which they are shown.
    public let plans: [Plan]
    /// The plan of an account that was never given one.
    public let defaultPlan: Plan

    /// `free` with 100 contacts a month, and `pro` with 1,000 to 100,000; the default is `free`.
    public static let standard: PlanCatalogue = {
        let free = Plan(name: "free", limit: 100)
        let pro = Plan(name: "pro", limit: 1_000, tiers: [1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000])
        return PlanCatalogue(uncheckedPlans: [free, pro], defaultPlan: free)
    }()

    /// - Throws: ``HeadcountError/Code/invalidConfiguration`` for a malformed plan, a name given twice, or a default
    ///   that is not among the plans.
    public init(plans: [Plan], defaultPlan name: String) throws(HeadcountError) {
        for plan in plans {
            guard plan.name.wholeMatch(of: /[a-z0-9_-]{1,32}/) != nil else {
                throw HeadcountError(
                    .invalidConfiguration, "a plan's name has 1 to 32 of a-z, 0-9, _ and -", value: plan.name)
            }
            guard LimitRange.contains(plan.limit), plan.tiers.allSatisfy(LimitRange.contains) else {
                throw HeadcountError(.invalidConfiguration, "a limit is out of range", value: plan.name)
            }
        }
        guard Set(plans.map(\.name)).count == plans.count, let defaultPlan = plans.first(where: { $0.name == name })
        else {
            throw HeadcountError(.invalidConfiguration, "no such plan, or one name twice in the catalogue", value: name)
        }
        self.init(uncheckedPlans: plans, defaultPlan: defaultPlan)
    }

    private init(uncheckedPlans: [Plan], defaultPlan: Plan) {
        plans = uncheckedPlans
        self.defaultPlan = defaultPlan
    }

    /// - Throws: ``HeadcountError/Code/invalidPlan`` for a name that is not in the catalogue.
    public func plan(named name: String) throws(HeadcountError) -> Plan {
        if let plan = plans.first(where: { $0.name == name }) { return plan }
        let known = plans.map(\.name).joined(separator: ", ")
        throw HeadcountError(.invalidPlan, "no such plan; there are \(known)", value: name)
    }
}

/// The limits that may be set. Lua counts in doubles, exact to 2^53.
package let LimitRange = 0...1_000_000_000
