internal import Headcount
internal import Hummingbird

extension DashboardRoutes {
    var planFormRoutes: [Route] {
        [route(.post, "/accounts/{account}/plan", .admin, changePlan)]
    }

    /// Asks for confirmation first; what comes back from that is carried out.
    private func changePlan(_ visit: Visit) async throws -> Response {
        let form = try await signIn.form(visit.request, known: PlanProposal.fields)
        let proposal: PlanProposal
        do {
            proposal = try PlanProposal(
                form, current: try await limiter.plan(of: visit.account), catalogue: limiter.plans)
        } catch let fault as PlanProposal.Fault {
            let asked = AccountPage.Request(planProblem: fault.text)
            return try await accountPage(visit, period: nil, asked: asked, status: .unprocessableContent)
        }
        guard form["confirmed"] == "yes" else {
            let usage = try await limiter.usage(of: visit.account)
            return templates.page("confirm-plan", ConfirmPlanPage(proposal, usage: usage, visitor: visit.visitor))
        }
        try await limiter.setPlan(proposal.change, for: visit.account, by: visit.visitor.key.name)
        return .redirect(to: DashboardPath.with(DashboardPath.account(visit.account), ["changed": "1"]))
    }
}
