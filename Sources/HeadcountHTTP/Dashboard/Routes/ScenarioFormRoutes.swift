internal import HTTPTypes
internal import Headcount
internal import Hummingbird

extension DashboardRoutes {
    var scenarioFormRoutes: [Route] {
        [
            route(.get, "/accounts/{account}/scenarios", .read, stranger: .isRefused, showScenarios),
            route(.post, "/accounts/{account}/scenarios", .admin, addScenario),
            route(.post, "/accounts/{account}/scenarios/{scenario}/enable", .admin) { visit in
                try await turn(visit, limiter.scenarios.enable)
            },
            route(.post, "/accounts/{account}/scenarios/{scenario}/disable", .admin) { visit in
                try await turn(visit, limiter.scenarios.disable)
            },
            route(.post, "/accounts/{account}/scenarios/{scenario}/remove", .admin, removeScenario),
        ]
    }

    /// The list of the account's page alone, for its script.
    private func showScenarios(_ visit: Visit) async throws -> Response {
        let account = visit.account
        async let scenarios = limiter.scenarios.list(of: account)
        let zone = try await liveUsage.usage(of: account).calendar.zone
        let page = ScenariosFragment(try await scenarios, of: account, zone: zone, visitor: visit.visitor)
        return templates.page("scenarios", page)
    }

    /// What can't be made comes back with what is wrong, to be corrected.
    private func addScenario(_ visit: Visit) async throws -> Response {
        let form = try await signIn.form(visit.request, known: ScenarioProposal.fields)
        do {
            let proposal = try ScenarioProposal(form)
            try await limiter.scenarios.add(
                proposal.id, to: visit.account, proposal.definition, by: visit.visitor.key.name)
        } catch let fault as FormFault {
            return try await scenarioFault(fault.text, form, visit, .unprocessableContent)
        } catch let error as HeadcountError where [.invalidScenario, .invalidAction, .conflict].contains(error.code) {
            return try await scenarioFault("\(error.message).", form, visit, Problem(error).kind.status)
        }
        return backToScenarios(visit)
    }

    private func scenarioFault(
        _ text: String, _ form: QueryParameters, _ visit: Visit, _ status: HTTPResponse.Status
    ) async throws -> Response {
        let asked = AccountPage.Request(scenarioFault: (form, text))
        return try await accountPage(visit, period: nil, asked: asked, status: status)
    }

    private func turn(
        _ visit: Visit, _ turn: (_ scenario: String, _ account: String) async throws -> Void
    ) async throws -> Response {
        _ = try await signIn.form(visit.request, known: ["csrf"])
        try await turn(visit.scenario, visit.account)
        return backToScenarios(visit)
    }

    /// Asks for confirmation first; what comes back from that is carried out.
    private func removeScenario(_ visit: Visit) async throws -> Response {
        let form = try await signIn.form(visit.request, known: ["csrf", "confirmed"])
        let scenario = try visit.scenario
        guard form["confirmed"] == "yes" else {
            let found = try await limiter.scenarios.scenario(scenario, of: visit.account)
            return templates.page("confirm", ConfirmPage(removing: found, visitor: visit.visitor))
        }
        try await limiter.scenarios.remove(scenario, of: visit.account)
        return backToScenarios(visit)
    }

    private func backToScenarios(_ visit: Visit) -> Response {
        .redirect(to: "\(DashboardPath.account(visit.account))#scenarios")
    }
}

extension DashboardRoutes.Visit {
    /// The scenario in the path.
    fileprivate var scenario: String {
        get throws(Problem) { try part("scenario", .invalidScenario, "scenario id") }
    }
}
