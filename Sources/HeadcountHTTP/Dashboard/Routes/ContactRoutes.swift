internal import Headcount
internal import Hummingbird

extension DashboardRoutes {
    var contactRoutes: [Route] {
        [
            route(.get, "/accounts/{account}/contacts", .read, lookUp),
            route(.get, "/accounts/{account}/contacts/{contact}", .read) { visit in
                try await contactPage(visit.part("contact", .invalidContact, "contact id"), visit)
            },
        ]
    }

    /// Leads from a form that asks for a contact to its page.
    private func lookUp(_ visit: Visit) async throws -> Response {
        let contact = try visit.query(["contact"])["contact"] ?? ""
        do {
            try Identifier.check(contact: contact)
        } catch {
            var asked = AccountPage.Request()
            asked.contactFault = (contact, "This is no contact id: \(error.reason).")
            return try await accountPage(visit, period: nil, asked: asked, status: .unprocessableContent)
        }
        guard DashboardPath.canName(contact) else { return try await contactPage(contact, visit) }
        return .redirect(to: DashboardPath.contact(contact, of: visit.account))
    }

    private func contactPage(_ contact: String, _ visit: Visit) async throws -> Response {
        let facts = try await ContactFacts(limiter, contact: contact, account: visit.account)
        return templates.page("contact", ContactPage(facts, visitor: visit.visitor))
    }
}
