internal import Headcount
internal import Hummingbird

extension DashboardRoutes {
    var deadLetterFormRoutes: [Route] {
        [
            route(.post, "/accounts/{account}/dead-letters/{letter}/replay", .admin, replay),
            route(.post, "/accounts/{account}/dead-letters/{letter}/purge", .admin, purge),
        ]
    }

    private func replay(_ visit: Visit) async throws -> Response {
        _ = try await signIn.form(visit.request, known: ["csrf"])
        switch try await limiter.deadLetters.replay(visit.letter, of: visit.account) {
        case .replayed: return backToDeadLetters(visit)
        case .busy:
            throw Problem(
                .conflict, "the contact has another run of the scenario under way; replay it when that has ended")
        case .expired:
            throw Problem(.conflict, "its reply window has closed; replay it when the contact has done something again")
        case .noScenario:
            throw Problem(.conflict, "its scenario was removed; add one of that id, or purge the dead letter")
        case .gone: throw Problem(.notFound, "there is no such dead letter")
        }
    }

    /// Asks for confirmation first; what comes back from that is carried out.
    private func purge(_ visit: Visit) async throws -> Response {
        let form = try await signIn.form(visit.request, known: ["csrf", "confirmed"])
        let letter = try visit.letter
        guard form["confirmed"] == "yes" else {
            let found = try await limiter.deadLetters.letter(letter, of: visit.account)
            return templates.page("confirm", ConfirmPage(purging: found, visitor: visit.visitor))
        }
        // One that is gone already is as it was meant to be.
        try await limiter.deadLetters.purge([letter], of: visit.account)
        return backToDeadLetters(visit)
    }

    private func backToDeadLetters(_ visit: Visit) -> Response {
        .redirect(to: "\(DashboardPath.account(visit.account))#dead-letters")
    }
}

extension DashboardRoutes.Visit {
    /// The dead letter in the path.
    fileprivate var letter: String {
        get throws(Problem) { try part("letter", .notFound, "dead letter id") }
    }
}
