internal import Headcount

/// The form that changes an account's plan, filled in with what holds now.
struct PlanForm {
    struct Choice {
        let value, text: String
        let isSelected: Bool
    }

    let plans, tiers, modes, effects: [Choice]
    let limitPlaceholder, limitHint: String

    init(_ facts: AccountFacts, catalogue: PlanCatalogue) {
        let current = facts.plan
        var plans = catalogue.plans.map { plan in
            Choice(
                value: plan.name,
                // The account's own limit may be another than its plan's.
                text: plan.name == current.plan ? plan.name : "\(plan.name), \(plan.limit.grouped) contacts",
                isSelected: plan.name == current.plan)
        }
        if !plans.contains(where: \.isSelected) {
            plans.insert(Choice(value: current.plan, text: current.plan, isSelected: true), at: 0)
        }
        self.plans = plans
        tiers = Set(catalogue.plans.flatMap(\.tiers)).sorted().map {
            Choice(value: String($0), text: "\($0.grouped) contacts", isSelected: false)
        }
        modes = LimitMode.allCases.map {
            Choice(value: $0.rawValue, text: PlanWords.mode($0), isSelected: $0 == current.mode)
        }
        let end = DateText(facts.current.resetsAt, in: facts.zone).day
        effects = [
            Choice(value: PlanChange.Effect.now.rawValue, text: "now", isSelected: true),
            Choice(value: PlanChange.Effect.atPeriodEnd.rawValue, text: end, isSelected: false),
        ]
        limitPlaceholder = current.limit.grouped
        limitHint = "Leave the number empty to keep \(current.limit.grouped), or to take a new plan’s own."
    }
}
