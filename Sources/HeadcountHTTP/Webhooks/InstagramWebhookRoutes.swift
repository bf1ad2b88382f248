internal import HTTPTypes
internal import Headcount
internal import Hummingbird
internal import Logging
internal import NIOCore

extension WebhookRoutes {
    private static let path = "/webhooks/instagram"
    private static let maximumChallengeBytes = 256
    /// How many accounts of one webhook are dealt with at once.
    private static let accountsAtOnce = 16

    var instagramRoutes: [Route] {
        [Route(.get, Self.path, handshake), Route(.post, Self.path, takeInstagram)]
    }

    /// Meta asks when the webhook is set up ("Getting Started", Graph API Webhooks, "Verification Requests").
    private func handshake(_ request: Request, _ context: ServiceContext) throws -> Response {
        let query = try QueryParameters(
            request, known: ["hub.mode", "hub.verify_token", "hub.challenge"], ignoresOthers: true)
        guard let verifyToken else {
            throw Problem(.forbidden, "this service was given no verify token; set HEADCOUNT_INSTAGRAM_VERIFY_TOKEN")
        }
        guard let given = query["hub.verify_token"], verifyToken.isMatched(by: given) else {
            throw Problem(.forbidden, "hub.verify_token is not the one that this service was given")
        }
        guard query["hub.mode"] == "subscribe" else {
            throw Problem(.invalidQuery, "hub.mode is subscribe", value: query["hub.mode"])
        }
        guard let challenge = query["hub.challenge"],
            (1...Self.maximumChallengeBytes).contains(challenge.utf8.count)
        else { throw Problem(.invalidQuery, "hub.challenge has 1 to \(Self.maximumChallengeBytes) bytes") }
        return Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: challenge)))
    }

    private func takeInstagram(_ request: Request, _ context: ServiceContext) async throws -> Response {
        guard let instagramSignature else { throw notConfigured(context) }
        return try await counting(.instagram) {
            let updates = try await signedBody(
                of: request, { instagramSignature }, { try InstagramWebhook.updates(in: $0) })
            return try .json(try await record(updates, context))
        }
    }

    /// Meta sends all of it again, as long as the app's secret may still come.
    private func notConfigured(_ context: ServiceContext) -> Problem {
        metrics.refused(.notConfigured, on: .instagram)
        if log.isDue {
            context.logger.warning("webhooks of Instagram arrive, but HEADCOUNT_INSTAGRAM_APP_SECRETS is not set")
        }
        return Problem(
            .unavailable, "this service was given no app secret; set HEADCOUNT_INSTAGRAM_APP_SECRETS",
            headers: [.retryAfter: "60"])
    }

    /// Whatever keeps an event from being recorded, Meta has to send it again.
    private func record(_ updates: [InstagramUpdate], _ context: ServiceContext) async throws -> WebhookReceipt {
        do {
            return try await record(updates)
        } catch let error as HeadcountError where error.code == .unavailable {
            throw error
        } catch is CancellationError {
            throw Problem.unavailable
        } catch {
            if log.isDue { context.logger.error("events not recorded", metadata: ["error": "\(error)"]) }
            throw Problem.unavailable
        }
    }

    private func record(_ updates: [InstagramUpdate]) async throws -> WebhookReceipt {
        let (events, ignored) = sort(updates, try await accounts(of: updates))
        let taken = try await concurrently(Array(events), atOnce: Self.accountsAtOnce) { account in
            try await take(account.value, of: account.key, on: .instagram)
        }
        // Not before: what fails is sent again.
        metrics.counted(ignored, on: .instagram)
        var receipt = WebhookReceipt(ignored: ignored.count)
        for results in taken { receipt.add(results) }
        return receipt
    }

    /// The accounts of all ids that stand in the updates of events: those of the entries, and those of who commented.
    private func accounts(of updates: [InstagramUpdate]) async throws -> [String: String] {
        var ids: Set<String> = []
        for update in updates {
            guard case .event(let event) = update.update, let entry = update.entry else { continue }
            ids.insert(entry)
            if event.kind == .comment { ids.insert(event.contact) }
        }
        ids = ids.filter(Self.canBeLinked)
        return try await ids.isEmpty ? [:] : limiter.channels.accounts(ofInstagram: ids)
    }

    /// Whether it is 1 to 64 letters, digits, `.`, `_` and `-`.
    private static func canBeLinked(_ id: String) -> Bool {
        (1...64).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// Each account's events, in their order, and what became of the other updates.
    private func sort(
        _ updates: [InstagramUpdate], _ accounts: [String: String]
    ) -> (events: [String: [InboundEvent]], ignored: [WebhookResult]) {
        var events: [String: [InboundEvent]] = [:]
        var ignored: [WebhookResult] = []
        for update in updates {
            switch update.update {
            case .ignored(let reason): ignored.append(.ignored(reason))
            case .event(let event):
                guard let entry = update.entry, let account = accounts[entry] else {
                    ignored.append(.unknownAccount)
                    continue
                }
                // An account has several ids, and its own comments may bear another one than the entry.
                if event.kind == .comment, accounts[event.contact] == account {
                    ignored.append(.ignored(.own))
                } else {
                    events[account, default: []].append(event)
                }
            }
        }
        return (events, ignored)
    }
}
