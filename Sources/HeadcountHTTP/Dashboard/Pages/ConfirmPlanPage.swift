internal import Headcount

/// Asks whether a plan is really to be changed, and says what that means.
struct ConfirmPlanPage: Page {
    struct Change {
        let name, fromText, toText: String
        let isChanged: Bool
    }

    struct Field {
        let name, value: String
    }

    let frame: PageFrame
    let account, accountHref: String
    let changes: [Change]
    let effectText, outcomeText: String
    let warning: String?
    let fields: [Field]

    init(_ proposal: PlanProposal, usage: Usage, visitor: Visitor) {
        let current = proposal.current
        frame = PageFrame("Change the plan of \(usage.account)", visitor: visitor, renderedAt: nil)
        account = usage.account
        accountHref = DashboardPath.account(usage.account)
        changes = [
            ("Plan", current.plan, proposal.plan),
            ("Contacts a month", current.limit.grouped, proposal.limit.grouped),
            ("At the limit", PlanWords.mode(current.mode), PlanWords.mode(proposal.mode)),
        ].map { Change(name: $0, fromText: $1, toText: $2, isChanged: $1 != $2) }
        let end = DateText(usage.resetsAt, in: usage.calendar.zone).day
        let isNow = proposal.effect == .now
        effectText =
            isNow
            ? "Takes effect now, from the next call on every node. The count is kept."
            : "Takes effect on \(end), with the next period. Until then everything stays as it is."
        outcomeText = Self.outcome(proposal, usage: usage, end: end)
        let isTooLow = isNow && proposal.mode == .hard && usage.used > proposal.limit
        warning =
            isTooLow
            ? "\(usage.used.grouped) contacts are counted already, more than the new limit of \(proposal.limit.grouped). "
                + "They go on; no new contact is reached until \(end)." : nil
        fields = [
            Field(name: "plan", value: proposal.plan), Field(name: "limit", value: String(proposal.limit)),
            Field(name: "mode", value: proposal.mode.rawValue), Field(name: "effect", value: proposal.effect.rawValue),
        ]
    }

    private static func outcome(_ proposal: PlanProposal, usage: Usage, end: String) -> String {
        if proposal.mode == .unlimited { return "No limit applies then; contacts are only counted." }
        guard proposal.effect == .now else { return "The next period begins with \(proposal.limit.grouped) contacts." }
        let left = max(0, proposal.limit - usage.used - usage.held)
        return
            "\(usage.used.grouped) contacts are counted, so \(left == 0 ? "no" : left.grouped) more can be until \(end)."
    }
}
