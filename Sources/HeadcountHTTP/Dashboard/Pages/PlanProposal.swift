internal import Headcount

/// What somebody asks for with the plan's form, against what holds.
struct PlanProposal {
    /// What is wrong with the form, for the person who filled it in.
    struct Fault: Error {
        let text: String
    }

    static let fields: Set<String> = ["csrf", "plan", "limit", "mode", "effect", "confirmed"]

    let current: AccountPlan
    let plan: String
    let limit: Int
    let mode: LimitMode
    let effect: PlanChange.Effect

    init(_ form: QueryParameters, current: AccountPlan, catalogue: PlanCatalogue) throws(Fault) {
        self.current = current
        let plan = form["plan"] ?? current.plan
        self.plan = plan
        guard let mode = LimitMode(rawValue: form["mode"] ?? current.mode.rawValue) else {
            throw Fault(text: "There is no mode “\(form["mode"] ?? "")”.")
        }
        guard let effect = PlanChange.Effect(rawValue: form["effect"] ?? PlanChange.Effect.now.rawValue) else {
            throw Fault(text: "A change takes effect now or at the period’s end, not “\(form["effect"] ?? "")”.")
        }
        self.mode = mode
        self.effect = effect
        let own = plan == current.plan ? current.limit : catalogue.plans.first { $0.name == plan }?.limit
        limit = try Self.number(form["limit"] ?? "") ?? own ?? 0
        do {
            _ = try change.resolved(in: catalogue)
        } catch {
            throw Fault(text: "\(error.message).")
        }
        if !changesAnything { throw Fault(text: "This is what holds already; nothing would change.") }
    }

    /// What is typed with or without separators; nil for nothing.
    private static func number(_ text: String) throws(Fault) -> Int? {
        let digits = text.filter { $0 != "," && $0 != " " }
        if digits.isEmpty { return nil }
        guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits) else {
            throw Fault(text: "“\(digits.printable)” is no number of contacts.")
        }
        return number
    }

    /// What is left out stays as it is: now, or in the change that waits, which the one at the period's end is laid over.
    var change: PlanChange {
        let base = effect == .atPeriodEnd ? current.pendingPlan?.plan ?? current.plan : current.plan
        return PlanChange(plan: plan == base ? nil : plan, limit: limit, mode: mode, effect: effect)
    }

    private var changesAnything: Bool {
        let waits = current.pendingPlan
        if effect == .now, waits != nil { return true }
        let base = (waits?.plan ?? current.plan, waits?.limit ?? current.limit, waits?.mode ?? current.mode)
        return (plan, limit, mode) != base
    }
}
