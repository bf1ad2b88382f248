internal import Headcount
internal import Hummingbird

extension APIRoutes {
    /// How many of the latest changes come with a plan.
    private static let auditEntries = 10

    var planRoutes: [Route] {
        [route(.get, "/plan", .read, plan), route(.put, "/plan", .admin, setPlan)]
    }

    private func plan(_ call: Call) async throws -> Response {
        _ = try call.query()
        return try await document(try await limiter.plan(of: call.account))
    }

    private func setPlan(_ call: Call) async throws -> Response {
        _ = try call.query()
        let change = try await JSONBody.decode(PlanChangeRequest.self, from: call.request).change
        return try await document(try await limiter.setPlan(change, for: call.account, by: call.key.name))
    }

    private func document(_ plan: AccountPlan) async throws -> Response {
        let audit = try await limiter.planAudit(of: plan.account, newest: Self.auditEntries)
        return try .json(PlanDocument(plan, audit: audit))
    }
}

/// What is to change; what is left out stays as it is.
struct PlanChangeRequest: Decodable, Sendable {
    let change: PlanChange

    init(from decoder: any Decoder) throws {
        let known = ["plan", "limit", "mode", "zone", "startDay", "effect"]
        let fields = try decoder.fields(known: known)
        let change = PlanChange(
            plan: try fields.value("plan", as: String.self),
            limit: try fields.value("limit", as: Int.self),
            mode: try fields.choice("mode", LimitMode.allCases.map { ($0.rawValue, $0) }),
            zone: try fields.value("zone", as: String.self),
            startDay: try fields.value("startDay", as: Int.self),
            effect: try fields.choice("effect", [("now", .now), ("period_end", .atPeriodEnd)]) ?? .now)
        guard
            change.plan != nil || change.limit != nil || change.mode != nil || change.zone != nil
                || change.startDay != nil
        else { throw Problem(.invalidBody, "nothing to change; give plan, limit, mode, zone or startDay") }
        self.change = change
    }
}

extension KeyedDecodingContainer where Key == FieldName {
    /// One of a few words.
    ///
    /// - Throws: ``Problem`` of the kind `invalidPlan` for another word.
    fileprivate func choice<Value>(_ name: String, _ choices: [(word: String, value: Value)]) throws -> Value? {
        guard let word = try value(name, as: String.self) else { return nil }
        guard let choice = choices.first(where: { $0.word == word }) else {
            let words = choices.map(\.word).joined(separator: ", ")
            throw Problem(.invalidPlan, "no such \(name); there are \(words)", value: word)
        }
        return choice.value
    }
}
