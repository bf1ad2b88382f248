internal import HTTPTypes
internal import Headcount
internal import Hummingbird
internal import NIOCore

/// Where others tell what contacts did: one value that knows the limiter, and a file for each channel.
///
/// What is answered 200 is recorded in Redis. What isn't is sent again: an event that came before starts nothing.
struct WebhookRoutes: Sendable {
    /// Larger bodies are looked at elsewhere than on the event loop, on which others wait.
    private static let largeBytes = 64 * 1024

    let limiter: Limiter
    /// Nil: nobody can set Meta's webhooks up.
    let verifyToken: VerifyToken?
    /// Nil: none of Meta's webhooks can be told from a forged one.
    let instagramSignature: WebhookSignature?
    let metrics = WebhookMetrics()
    let log = LogThrottle()

    init(limiter: Limiter, configuration: ServiceConfiguration) {
        self.limiter = limiter
        verifyToken = configuration.instagramVerifyToken.map { VerifyToken($0) }
        let secrets = configuration.instagramAppSecrets
        instagramSignature = secrets.isEmpty ? nil : WebhookSignature(secrets: secrets)
    }

    var routes: [Route] { instagramRoutes + [genericRoute] }

    /// Counts what is refused.
    func counting(
        _ channel: WebhookChannel, _ answer: () async throws -> Response
    ) async throws -> Response {
        do {
            return try await answer()
        } catch {
            if let refusal = WebhookRefusal(error) { metrics.refused(refusal, on: channel) }
            throw error
        }
    }

    /// What `read` makes of the request's body, if it is signed.
    ///
    /// - Parameter signature: asked for when the body is there.
    /// - Throws: ``Problem``: `contentTooLarge`, `unauthenticated`, and what `read` throws.
    func signedBody<Result: Sendable>(
        of request: Request, _ signature: () async throws -> WebhookSignature,
        _ read: @escaping @Sendable ([UInt8]) throws -> Result
    ) async throws -> Result {
        let body = try await request.body(
            upTo: JSONBody.maximumBytes, "the body may have 4 MiB; send fewer events a call")
        let header = request.headers[.hubSignature]
        let known = try await signature()
        let checked: @Sendable () throws -> Result = {
            let bytes = Array(buffer: body)
            guard known.isValid(header, for: bytes) else { throw Self.wrongSignature }
            return try read(bytes)
        }
        guard body.readableBytes > Self.largeBytes else { return try checked() }
        return try await withTaskExecutorPreference(globalConcurrentExecutor) { try checked() }
    }

    /// Records an account's events, and counts what became of them. They are durable when it returns.
    func take(
        _ events: [InboundEvent], of account: String, on channel: WebhookChannel
    ) async throws -> [EventResult] {
        let results = try await limiter.scenarios.take(events, of: account)
        metrics.counted(results.map { WebhookResult($0) }, on: channel)
        return results
    }

    private static let wrongSignature = Problem(
        .unauthenticated, "sign the body with a secret that is known here: X-Hub-Signature-256: sha256=HMAC")
}
