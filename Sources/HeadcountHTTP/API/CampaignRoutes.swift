internal import HTTPTypes
internal import Headcount
internal import Hummingbird

extension APIRoutes {
    var campaignRoutes: [Route] {
        [
            route(.get, "/campaigns", .read, campaigns),
            route(.post, "/campaigns", .admin, makeCampaign),
            route(.get, "/campaigns/{campaign}", .read, campaign),
            route(.post, "/campaigns/{campaign}/contacts", .admin, addContacts),
            route(.post, "/campaigns/{campaign}/start", .admin) { call in
                try await move(call) { try await limiter.campaigns.start($0, of: $1) }
            },
            route(.post, "/campaigns/{campaign}/pause", .admin) { try await move($0, limiter.campaigns.pause) },
            route(.post, "/campaigns/{campaign}/resume", .admin) { try await move($0, limiter.campaigns.resume) },
            route(.post, "/campaigns/{campaign}/cancel", .admin) { try await move($0, limiter.campaigns.cancel) },
            route(.post, "/campaigns/{campaign}/retry", .admin, retry),
            route(.get, "/campaigns/{campaign}/report", .read, report),
        ]
    }

    private func campaigns(_ call: Call) async throws -> Response {
        _ = try call.query()
        let campaigns = try await limiter.campaigns.list(of: call.account)
        return try .json(
            CampaignListDocument(account: call.account, campaigns: campaigns.map { CampaignDocument($0) }))
    }

    private func campaign(_ call: Call) async throws -> Response {
        _ = try call.query()
        return try await document(try call.campaign, call)
    }

    private func makeCampaign(_ call: Call) async throws -> Response {
        _ = try call.query()
        let body = try await JSONBody.decode(CampaignRequest.self, from: call.request)
        // Before anything is made.
        for contact in body.contacts { try Identifier.check(contact: contact) }
        try await limiter.campaigns.make(
            body.id, of: call.account, action: body.action, expires: body.expires, by: call.key.name)
        do {
            try await load(body.contacts, into: body.id, of: call.account)
        } catch {
            // So that the call can be repeated. If that fails too, the campaign stays, loading.
            try? await limiter.campaigns.abandon(body.id, of: call.account)
            throw error
        }
        if body.starts { try await limiter.campaigns.start(body.id, of: call.account) }
        // Neither id has a character that means something in a path.
        let location = "/v1/accounts/\(call.account)/campaigns/\(body.id)"
        return try await document(body.id, call, status: .created, headers: [.location: location])
    }

    private func addContacts(_ call: Call) async throws -> Response {
        _ = try call.query()
        let campaign = try call.campaign
        let contacts = try await JSONBody.decode(AudienceRequest.self, from: call.request).contacts
        for contact in contacts { try Identifier.check(contact: contact) }
        try await load(contacts, into: campaign, of: call.account)
        return try await document(campaign, call)
    }

    private func load(_ contacts: [String], into campaign: String, of account: String) async throws {
        let size = 512
        for start in stride(from: 0, to: contacts.count, by: size) {
            let part = Array(contacts[start..<min(contacts.count, start + size)])
            try await limiter.campaigns.load(part, into: campaign, of: account)
        }
    }

    private func move(
        _ call: Call, _ move: (_ campaign: String, _ account: String) async throws -> Void
    ) async throws -> Response {
        _ = try call.query()
        let campaign = try call.campaign
        try await move(campaign, call.account)
        return try await document(campaign, call)
    }

    private func retry(_ call: Call) async throws -> Response {
        _ = try call.query()
        let campaign = try call.campaign
        let outcomes = try await JSONBody.decode(RetryRequest.self, from: call.request).outcomes
        let retried = try await limiter.campaigns.retry(outcomes, in: campaign, of: call.account)
        return try .json(RetryDocument(account: call.account, id: campaign, retried: retried))
    }

    /// Page by page as it is read. What has begun and can't go on is broken off, so that nobody takes a part for the whole.
    private func report(_ call: Call) async throws -> Response {
        let name = try call.query(["format"])["format"]
        guard let format = ReportFormat(rawValue: name ?? ReportFormat.jsonl.rawValue) else {
            throw Problem(.invalidQuery, "format is jsonl or csv", value: name)
        }
        let campaign = try call.campaign
        let (campaigns, authenticator, account, key) = (limiter.campaigns, authenticator, call.account, call.key.id)
        // Tells that there is none while there is still a status to tell it with.
        _ = try await campaigns.campaign(campaign, of: account)
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: format.head))
            try await campaigns.forEachPage(of: campaign, account) { _, outcomes in
                guard try await authenticator.key(id: key) != nil else { throw CancellationError() }
                try await writer.write(ByteBuffer(string: outcomes.map(format.line).joined()))
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: format.contentType], body: body)
    }

    private func document(
        _ campaign: String, _ call: Call, status: HTTPResponse.Status = .ok, headers: HTTPFields = HTTPFields()
    ) async throws -> Response {
        let campaign = try await limiter.campaigns.campaign(campaign, of: call.account)
        return try .json(CampaignDocument(campaign), status: status, headers: headers)
    }
}

extension APIRoutes.Call {
    /// The campaign in the path.
    fileprivate var campaign: String {
        get throws(Problem) { try part("campaign", .invalidCampaign, "campaign id") }
    }
}

private struct CampaignListDocument: Encodable {
    let account: String
    let campaigns: [CampaignDocument]
}

private struct RetryDocument: Encodable {
    let account, id: String
    let retried: Int
}
