internal import Headcount
internal import Hummingbird

extension DashboardRoutes {
    var campaignFormRoutes: [Route] {
        [
            route(.get, "/accounts/{account}/campaigns", .read, stranger: .isRefused, showCampaigns),
            route(.post, "/accounts/{account}/campaigns/{campaign}/pause", .admin) { visit in
                try await move(visit, limiter.campaigns.pause)
            },
            route(.post, "/accounts/{account}/campaigns/{campaign}/resume", .admin) { visit in
                try await move(visit, limiter.campaigns.resume)
            },
            route(.post, "/accounts/{account}/campaigns/{campaign}/cancel", .admin, cancel),
        ]
    }

    /// The section of the account's page alone, for its script.
    private func showCampaigns(_ visit: Visit) async throws -> Response {
        let account = visit.account
        async let campaigns = limiter.campaigns.list(of: account, newest: CampaignsView.maximum + 1)
        let zone = try await liveUsage.usage(of: account).calendar.zone
        let page = CampaignsFragment(try await campaigns, of: account, zone: zone, visitor: visit.visitor)
        return templates.page("campaigns", page)
    }

    private func move(
        _ visit: Visit, _ move: (_ campaign: String, _ account: String) async throws -> Void
    ) async throws -> Response {
        _ = try await signIn.form(visit.request, known: ["csrf"])
        try await move(visit.campaign, visit.account)
        return backToCampaigns(visit)
    }

    /// Asks for confirmation first; what comes back from that is carried out.
    private func cancel(_ visit: Visit) async throws -> Response {
        let form = try await signIn.form(visit.request, known: ["csrf", "confirmed"])
        let campaign = try visit.campaign
        guard form["confirmed"] == "yes" else {
            let found = try await limiter.campaigns.campaign(campaign, of: visit.account)
            return templates.page("confirm", ConfirmPage(cancelling: found, visitor: visit.visitor))
        }
        try await limiter.campaigns.cancel(campaign, of: visit.account)
        return backToCampaigns(visit)
    }

    private func backToCampaigns(_ visit: Visit) -> Response {
        .redirect(to: "\(DashboardPath.account(visit.account))#campaigns")
    }
}
