internal import Headcount
internal import Hummingbird

extension APIRoutes {
    var reservationRoutes: [Route] {
        [
            route(.post, "/reservations", .activate, reserve),
            route(.post, "/reservations/{token}/confirm", .activate, confirm),
            route(.post, "/reservations/{token}/release", .activate, release),
            route(.post, "/reservations/confirm", .activate, confirmMany),
            route(.post, "/reservations/release", .activate, releaseMany),
        ]
    }

    private func reserve(_ call: Call) async throws -> Response {
        _ = try call.query()
        let body = try await JSONBody.decode(ReservationRequest.self, from: call.request)
        let action = try Action(body.by)
        switch body.asked {
        case .one(let contact):
            let reservation = try await limiter.reserve(contact, in: call.account, by: action, lease: body.lease)
            return try .json(
                ReservationDocument(contact, reservation, in: call.account),
                headers: RateLimitHeaders(reservation, now: limiter.serverTime).fields)
        case .many(let contacts):
            let reservations = try await limiter.reserve(contacts, in: call.account, by: action, lease: body.lease)
            guard let last = reservations.last else { throw Problem.internalError }
            let headers = RateLimitHeaders(last, now: limiter.serverTime).fields
            let account = call.account
            // There may be 10,000: not on the event loop.
            return try await withTaskExecutorPreference(globalConcurrentExecutor) {
                try .json(ReservationsDocument(contacts, reservations, last: last, in: account), headers: headers)
            }
        }
    }

    private func confirm(_ call: Call) async throws -> Response {
        let token = try token(in: call)
        return try settled(token, try await limiter.confirm(token, in: call.account), call)
    }

    private func release(_ call: Call) async throws -> Response {
        let token = try token(in: call)
        return try settled(token, try await limiter.release(token, in: call.account), call)
    }

    private func confirmMany(_ call: Call) async throws -> Response {
        let tokens = try await tokens(in: call)
        return try await settled(tokens, try await limiter.confirm(tokens, in: call.account), call)
    }

    private func releaseMany(_ call: Call) async throws -> Response {
        let tokens = try await tokens(in: call)
        return try await settled(tokens, try await limiter.release(tokens, in: call.account), call)
    }

    private func token(in call: Call) throws -> ReservationToken {
        _ = try call.query()
        return try ReservationToken(try call.part("token", .invalidToken, "token"))
    }

    private func tokens(in call: Call) async throws -> [ReservationToken] {
        _ = try call.query()
        return try await JSONBody.decode(SettlementRequest.self, from: call.request).tokens
    }

    private func settled(_ token: ReservationToken, _ verdict: Settlement, _ call: Call) throws -> Response {
        try .json(
            SettlementDocument(
                account: call.account, token: token.description, contact: token.contact, verdict: verdict))
    }

    private func settled(
        _ tokens: [ReservationToken], _ verdicts: [Settlement], _ call: Call
    ) async throws -> Response {
        let account = call.account
        return try await withTaskExecutorPreference(globalConcurrentExecutor) {
            try .json(SettlementsDocument(tokens, verdicts, in: account))
        }
    }
}

/// `{"contact":…,"by":…}` or `{"contacts":[…],"by":…}`, and perhaps `"lease":…`.
struct ReservationRequest: Decodable, Sendable {
    let asked: AskedContacts
    let by: String
    let lease: Duration

    init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(known: ["by", "contact", "contacts", "lease"])
        by = try fields.action()
        asked = try AskedContacts(in: fields)
        let seconds = try fields.value("lease", as: Double.self) ?? 60
        // Before it is rounded, so that what is out of range stays out.
        guard (0.1...86_400).contains(seconds) else {
            throw Problem(.invalidLease, "a lease is 0.1 to 86400 seconds", value: String(seconds))
        }
        lease = .milliseconds(Int((seconds * 1_000).rounded()))
    }
}

/// `{"tokens":[…]}`.
struct SettlementRequest: Decodable, Sendable {
    let tokens: [ReservationToken]

    init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(known: ["tokens"])
        guard let texts = try fields.texts("tokens") else {
            throw Problem(.invalidBody, "tokens is missing; give those that reservations came with")
        }
        do {
            tokens = try texts.map { try ReservationToken($0) }
        } catch let error as HeadcountError {
            throw Problem(error)
        }
    }
}
