internal import HTTPTypes
internal import Headcount
internal import Hummingbird

extension APIRoutes {
    var deadLetterRoutes: [Route] {
        [
            route(.get, "/dead-letters", .read, deadLetters),
            route(.get, "/dead-letters/{letter}", .read, deadLetter),
            route(.post, "/dead-letters/{letter}/replay", .admin, replay),
            route(.delete, "/dead-letters/{letter}", .admin, purge),
        ]
    }

    private func deadLetters(_ call: Call) async throws -> Response {
        let query = try call.query(["scenario", "newest"])
        let newest = try query.integer("newest", in: 1...1_000) ?? 100
        if let scenario = query["scenario"] { try Identifier.check(scenario: scenario) }
        let letters = try await limiter.deadLetters.list(
            of: call.account, scenario: query["scenario"], newest: newest)
        return try .json(
            DeadLetterListDocument(
                account: call.account, count: try await limiter.deadLetters.count(of: call.account),
                deadLetters: letters.map { DeadLetterDocument($0) }))
    }

    private func deadLetter(_ call: Call) async throws -> Response {
        _ = try call.query()
        return try .json(
            DeadLetterDocument(try await limiter.deadLetters.letter(try call.letter, of: call.account)))
    }

    private func replay(_ call: Call) async throws -> Response {
        _ = try call.query()
        let letter = try call.letter
        let result = try await limiter.deadLetters.replay(letter, of: call.account)
        switch result {
        case .replayed: return try .json(ReplayDocument(result: result))
        case .busy:
            throw Problem(
                .conflict, "the contact has another run of the scenario under way; try again when that has ended",
                value: letter)
        case .expired:
            throw Problem(
                .conflict, "its reply window has closed; replay it when the contact has done something again",
                value: letter)
        case .noScenario:
            throw Problem(
                .conflict, "its scenario was removed; make one of that id, or delete the letter", value: letter)
        case .gone: throw Self.gone(letter)
        }
    }

    private func purge(_ call: Call) async throws -> Response {
        _ = try call.query()
        let letter = try call.letter
        guard try await limiter.deadLetters.purge([letter], of: call.account) > 0 else { throw Self.gone(letter) }
        return Response(status: .noContent)
    }

    private static func gone(_ letter: String) -> Problem {
        Problem(.notFound, "no such dead letter; `headcount dead list` shows them", value: letter)
    }
}

extension APIRoutes.Call {
    /// The dead letter in the path.
    fileprivate var letter: String {
        get throws(Problem) { try part("letter", .notFound, "dead letter id") }
    }
}

private struct DeadLetterListDocument: Encodable {
    let account: String
    /// How many the account has, of all of its scenarios.
    let count: Int
    let deadLetters: [DeadLetterDocument]
}

private struct ReplayDocument: Encodable {
    let result: DeadLetters.Replay
}
