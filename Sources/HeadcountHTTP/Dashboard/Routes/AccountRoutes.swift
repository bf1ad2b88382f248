internal import Headcount
internal import Hummingbird
internal import HTTPTypes

extension DashboardRoutes {
    var accountRoutes: [Route] {
        [route(.get, "/accounts/{account}", .read, showAccount)]
    }

    private func showAccount(_ visit: Visit) async throws -> Response {
        let query = try visit.query(["period", "contact", "changed"])
        var asked = AccountPage.Request()
        asked.isAfterChange = query["changed"] != nil
        if let contact = query["contact"], !contact.isEmpty {
            do {
                let isCounted = try await limiter.isActivated(
                    [contact], in: visit.account, period: query["period"])[0]
                asked.contact = (contact, isCounted)
            } catch let error as HeadcountError where error.code == .invalidContact {
                asked.contactFault = (contact, "This is no contact id: \(error.reason).")
            }
        }
        return try await accountPage(visit, period: query["period"], asked: asked)
    }

    func accountPage(
        _ visit: Visit, period: String?, asked: AccountPage.Request, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        async let scenarios = ScenarioFacts(limiter, account: visit.account)
        let facts = try await AccountFacts(limiter, account: visit.account, period: period)
        let page = AccountPage(
            facts, try await scenarios, asked: asked, visitor: visit.visitor, catalogue: limiter.plans,
            redisCLILine: limiter.redisCLILine)
        return templates.page("account", page, status: status)
    }
}
