internal import HTTPTypes
internal import Headcount
internal import Hummingbird

extension WebhookRoutes {
    /// As many as an account may have: it takes the same time for one with none.
    private static let secrets = 2

    var genericRoute: Route {
        Route(.post, "/webhooks/generic/{account}") { request, context in
            try await counting(.generic) { try await takeGeneric(request, context.parameter("account")) }
        }
    }

    /// Nobody who can't sign learns whether there is such an account.
    ///
    /// - Parameter account: nil if its escapes are malformed.
    private func takeGeneric(_ request: Request, _ account: String?) async throws -> Response {
        let account = account ?? ""
        let updates = try await signedBody(
            of: request, { try await signature(of: account, for: request) }, { try GenericWebhook.updates(in: $0) })
        var events: [InboundEvent] = []
        var ignored: [WebhookResult] = []
        for update in updates {
            switch update {
            case .event(let event): events.append(event)
            case .ignored(let reason): ignored.append(.ignored(reason))
            }
        }
        var receipt = WebhookReceipt(ignored: ignored.count)
        if !events.isEmpty { receipt.add(try await take(events, of: account, on: .generic)) }
        metrics.counted(ignored, on: .generic)
        return try .json(receipt)
    }

    private func signature(of account: String, for request: Request) async throws -> WebhookSignature {
        // Redis isn't asked for what can't be right.
        let canBeRight =
            WebhookSignature.isWellFormed(request.headers[.hubSignature])
            && (try? Identifier.check(account: account)) != nil
        let secrets = canBeRight ? try await limiter.channels.genericSecrets(of: account) : []
        return WebhookSignature(secrets: secrets, atLeast: Self.secrets)
    }
}
