internal import Headcount
internal import Hummingbird

extension DashboardRoutes {
    var erasureFormRoutes: [Route] {
        [route(.post, "/accounts/{account}/erase", .admin, erase)]
    }

    /// Asks for confirmation first; what comes back from that is carried out. The contact stands in no address: those are
    /// kept by browsers.
    private func erase(_ visit: Visit) async throws -> Response {
        let form = try await signIn.form(visit.request, known: ["csrf", "contact", "confirmed"])
        let contact = form["contact"] ?? ""
        var asked = AccountPage.Request()
        do {
            try Identifier.check(contact: contact)
        } catch {
            asked.eraseFault = (contact, "This is no contact id: \(error.reason).")
            return try await accountPage(visit, period: nil, asked: asked, status: .unprocessableContent)
        }
        guard form["confirmed"] == "yes" else {
            let page = ConfirmPage(erasing: contact, in: visit.account, visitor: visit.visitor)
            return templates.page("confirm", page)
        }
        asked.erasure = try await limiter.erase(contact, in: visit.account)
        return try await accountPage(visit, period: nil, asked: asked)
    }
}
