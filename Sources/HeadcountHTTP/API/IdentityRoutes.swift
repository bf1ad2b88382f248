internal import Headcount
internal import Hummingbird

extension APIRoutes {
    var identityRoutes: [Route] {
        [
            route(.delete, "/contacts/{contact}", .admin) { try await erase(try $0.contact, $0) },
            // Somebody may be called so, as in `readingRoutes`.
            route(.delete, "/contacts/merge", .admin) { try await erase("merge", $0) },
            route(.post, "/contacts/merge", .admin, merge),
            route(.delete, "", .admin, removeAccount),
        ]
    }

    private func erase(_ contact: String, _ call: Call) async throws -> Response {
        _ = try call.query()
        let erasure = try await limiter.erase(contact, in: call.account)
        return try .json(
            ErasureDocument(
                account: call.account, erased: erasure.isFound, periods: erasure.periods.map(\.description),
                campaigns: erasure.campaigns, scenarios: erasure.scenarios))
    }

    private func merge(_ call: Call) async throws -> Response {
        _ = try call.query()
        let body = try await JSONBody.decode(MergeRequest.self, from: call.request)
        let merge = try await limiter.merge(body.from, into: body.into, in: call.account)
        return try .json(
            MergeDocument(
                account: call.account, from: body.from, into: body.into, fromWasCounted: merge.fromWasCounted,
                intoWasCounted: merge.intoWasCounted))
    }

    private func removeAccount(_ call: Call) async throws -> Response {
        _ = try call.query()
        let keys = try await limiter.removeAccount(call.account)
        // Last, so that who asks with one of them can ask again if it failed before.
        let apiKeys = try await APIKeyStore(limiter).revokeAll(of: call.account)
        return try .json(RemovalDocument(account: call.account, keys: keys, apiKeys: apiKeys))
    }
}

/// `{"from":…,"into":…}`.
struct MergeRequest: Decodable, Sendable {
    let from, into: String

    init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(known: ["from", "into"])
        guard let from = try fields.value("from", as: String.self), let into = try fields.value("into", as: String.self)
        else {
            throw Problem(.invalidBody, "from or into is missing; give the contact that goes, and the one that stays")
        }
        (self.from, self.into) = (from, into)
    }
}

/// Without the contact, whose identity is no more.
private struct ErasureDocument: Encodable {
    let account: String
    let erased: Bool
    let periods, campaigns, scenarios: [String]
}

private struct MergeDocument: Encodable {
    let account, from, into: String
    let fromWasCounted, intoWasCounted: Bool
}

private struct RemovalDocument: Encodable {
    let account: String
    let keys, apiKeys: Int
}
