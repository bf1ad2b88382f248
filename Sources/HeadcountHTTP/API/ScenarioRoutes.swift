internal import HTTPTypes
internal import Headcount
internal import Hummingbird

extension APIRoutes {
    var scenarioRoutes: [Route] {
        [
            route(.get, "/scenarios", .read, scenarios),
            route(.get, "/scenarios/{scenario}", .read, scenario),
            route(.put, "/scenarios/{scenario}", .admin, putScenario),
            route(.delete, "/scenarios/{scenario}", .admin, removeScenario),
            route(.post, "/scenarios/{scenario}/enable", .admin) { try await turn($0, limiter.scenarios.enable) },
            route(.post, "/scenarios/{scenario}/disable", .admin) { try await turn($0, limiter.scenarios.disable) },
            route(.get, "/scenarios/{scenario}/runs", .read, runs),
            route(.get, "/contacts/{contact}/history", .read, contactHistory),
        ]
    }

    private func scenarios(_ call: Call) async throws -> Response {
        _ = try call.query()
        let scenarios = try await limiter.scenarios.list(of: call.account)
        return try .json(
            ScenarioListDocument(account: call.account, scenarios: scenarios.map { ScenarioDocument($0) }))
    }

    private func scenario(_ call: Call) async throws -> Response {
        _ = try call.query()
        return try await document(try call.scenario, call)
    }

    private func putScenario(_ call: Call) async throws -> Response {
        _ = try call.query()
        let scenario = try call.scenario
        let body = try await JSONBody.decode(ScenarioRequest.self, from: call.request)
        let isMade = try await limiter.scenarios.put(
            scenario, of: call.account, body.definition, isEnabled: body.isEnabled, by: call.key.name)
        guard isMade else { return try await document(scenario, call) }
        // Neither id has a character that means something in a path.
        let location = "/v1/accounts/\(call.account)/scenarios/\(scenario)"
        return try await document(scenario, call, status: .created, headers: [.location: location])
    }

    private func removeScenario(_ call: Call) async throws -> Response {
        _ = try call.query()
        try await limiter.scenarios.remove(try call.scenario, of: call.account)
        return Response(status: .noContent)
    }

    private func turn(
        _ call: Call, _ turn: (_ scenario: String, _ account: String) async throws -> Void
    ) async throws -> Response {
        _ = try call.query()
        let scenario = try call.scenario
        try await turn(scenario, call.account)
        return try await document(scenario, call)
    }

    private func runs(_ call: Call) async throws -> Response {
        let query = try call.query(["state", "newest"])
        let newest = try query.integer("newest", in: 1...1_000) ?? 100
        let states = try query["state"].map { text in
            try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
                try ScenarioRun.State(word: String(word), .invalidQuery, "state")
            }
        }
        let scenario = try call.scenario
        let runs = try await limiter.scenarios.runs(
            of: call.account, scenario: scenario, states: Set(states ?? ScenarioRun.State.allCases), newest: newest)
        return try .json(
            ScenarioRunListDocument(
                account: call.account, scenario: scenario, runs: runs.map { ScenarioRunDocument($0) }))
    }

    private func contactHistory(_ call: Call) async throws -> Response {
        _ = try call.query()
        let history = try await limiter.scenarios.history(of: try call.contact, in: call.account)
        return try .json(
            ContactHistoryOfAccountDocument(account: call.account, history: ContactHistoryDocument(history)))
    }

    private func document(
        _ scenario: String, _ call: Call, status: HTTPResponse.Status = .ok, headers: HTTPFields = HTTPFields()
    ) async throws -> Response {
        let scenario = try await limiter.scenarios.scenario(scenario, of: call.account)
        return try .json(ScenarioDocument(scenario), status: status, headers: headers)
    }
}

extension APIRoutes.Call {
    /// The scenario in the path.
    fileprivate var scenario: String {
        get throws(Problem) { try part("scenario", .invalidScenario, "scenario id") }
    }
}

private struct ScenarioListDocument: Encodable {
    let account: String
    let scenarios: [ScenarioDocument]
}

private struct ScenarioRunListDocument: Encodable {
    let account, scenario: String
    let runs: [ScenarioRunDocument]
}

/// The history's own fields, and the account.
private struct ContactHistoryOfAccountDocument: Encodable {
    private enum CodingKeys: CodingKey {
        case account
    }

    let account: String
    let history: ContactHistoryDocument

    func encode(to encoder: any Encoder) throws {
        try history.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(account, forKey: .account)
    }
}
