internal import Headcount
internal import Hummingbird

extension APIRoutes {
    var readingRoutes: [Route] {
        [
            route(.get, "/usage", .read, usage),
            route(.get, "/history", .read, history),
            route(.get, "/daily", .read, daily),
            route(.get, "/contacts", .read, contacts),
            route(.get, "/contacts/{contact}", .read) { try await contact(try $0.contact, $0) },
            // A path of its own for another method, which the router would prefer: somebody may be called so.
            route(.get, "/contacts/merge", .read) { try await contact("merge", $0) },
            Route(.get, "/v1/accounts", list),
        ]
    }

    private func usage(_ call: Call) async throws -> Response {
        let query = try call.query(["period"])
        let usage = try await limiter.usage(of: call.account, period: query["period"])
        return try .json(UsageDocument(usage), headers: RateLimitHeaders(usage, now: limiter.serverTime).fields)
    }

    private func history(_ call: Call) async throws -> Response {
        _ = try call.query()
        let periods = try await limiter.history(of: call.account)
        return try .json(HistoryDocument(account: call.account, periods))
    }

    private func daily(_ call: Call) async throws -> Response {
        let query = try call.query(["period"])
        let summary = try await limiter.summary(of: call.account, period: query["period"])
        return try .json(DailyDocument(account: call.account, summary))
    }

    private func contacts(_ call: Call) async throws -> Response {
        let query = try call.query(["period", "cursor", "limit"])
        let limit = try query.integer("limit", in: 1...1_000) ?? 100
        let period = try await limiter.usage(of: call.account, period: query["period"]).period
        let page = try await limiter.contacts(
            of: call.account, period: period.name.firstDay, cursor: query["cursor"], count: limit)
        return try .json(
            ContactPageDocument(
                account: call.account, period: period.description, contacts: page.contacts,
                cursor: Nullable(page.cursor)))
    }

    private func contact(_ contact: String, _ call: Call) async throws -> Response {
        let query = try call.query(["period"])
        async let usage = limiter.usage(of: call.account, period: query["period"])
        async let isActivated = limiter.isActivated([contact], in: call.account, period: query["period"])
        return try .json(
            ContactDocument(
                account: call.account, contact: contact, period: try await usage.period.description,
                activated: try await isActivated[0]))
    }

    private func list(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let key = try await authenticator.key(of: request)
        try authenticator.check(key, allows: .read, on: nil)
        let query = try QueryParameters(request, known: ["near", "offset", "limit"])
        let near = try query.integer("near", in: 0...100)
        let offset = try query.integer("offset", in: 0...1_000_000_000) ?? 0
        let limit = try query.integer("limit", in: 1...1_000) ?? 100
        let list = try await accounts.list()
        // There may be 100,000: not on the event loop.
        return try await withTaskExecutorPreference(globalConcurrentExecutor) {
            let usages = list.usages.filter { usage in near.map { (usage.percentUsed ?? 0) >= $0 } ?? true }
            return try .json(
                AccountListDocument(
                    accounts: usages.dropFirst(offset).prefix(limit).map(UsageDocument.init), total: usages.count))
        }
    }
}

private struct HistoryDocument: Encodable {
    let account: String
    let periods: [PeriodDocument]

    init(account: String, _ periods: [PeriodSummary]) {
        self.account = account
        self.periods = periods.map { PeriodDocument($0, of: account) }
    }
}

private struct ContactPageDocument: Encodable {
    let account, period: String
    let contacts: [String]
    let cursor: Nullable<String>
}

private struct ContactDocument: Encodable {
    let account, contact, period: String
    let activated: Bool
}

private struct AccountListDocument: Encodable {
    let accounts: [UsageDocument]
    let total: Int
}
