internal import Crypto
internal import Foundation
internal import HTTPTypes
internal import Headcount
internal import Hummingbird

/// Finds out whose key a request brings, and whether it may do what it asks.
struct Authenticator: Sendable {
    private let keys: KeyCache
    private let throttle = FailureThrottle()
    private let metrics: HTTPMetrics
    private let limiter: Limiter

    init(limiter: Limiter, metrics: HTTPMetrics) {
        let store = APIKeyStore(limiter)
        keys = KeyCache { try await store.find(id: $0) }
        self.metrics = metrics
        self.limiter = limiter
    }

    /// The key of `Authorization: Bearer KEY`.
    ///
    /// - Parameter mayFailOpen: as for ``APIRoutes/route(_:_:_:mayFailOpen:_:)``.
    /// - Throws: ``Problem``: `unauthenticated`, `tooManyFailures`. ``HeadcountError``: `unavailable`.
    func key(of request: Request, mayFailOpen: Bool = false) async throws -> APIKey {
        guard let header = request.headers[.authorization] else { throw unauthenticated(.missing) }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw unauthenticated(.missing) }
        return try await key(text: String(parts[1]), mayFailOpen: mayFailOpen)
    }

    /// The key with this text.
    func key(text: String, mayFailOpen: Bool = false) async throws -> APIKey {
        guard let given = KeyText(text) else {
            throw failed(.unknown, throttledAs: Hexadecimal.text(SHA256.hash(data: Array(text.utf8))))
        }
        // A digest compares itself with other bytes in constant time.
        guard let key = try await keys.key(given.id, mayBeOld: mayFailOpen && limiter.failsOpen),
            given.sha256 == key.sha256
        else {
            throw failed(.unknown, throttledAs: given.id)
        }
        guard isInForce(key) else { throw failed(.expired, throttledAs: given.id) }
        return key
    }

    /// The key with this id, for somebody who has shown it before; nil if it is gone or has expired.
    func key(id: String) async throws -> APIKey? {
        try await keys.key(id).flatMap { isInForce($0) ? $0 : nil }
    }

    /// - Throws: ``Problem``: `forbidden`, when the key has another scope or is bound to another account. Without an
    ///   account, what is asked concerns all of them.
    func check(_ key: APIKey, allows scope: APIKeyScope, on account: String?) throws(Problem) {
        guard key.scope.includes(scope) else {
            metrics.authenticationFailed(.scope)
            throw Problem(.forbidden, "this needs a key with the scope \(scope.rawValue)")
        }
        guard key.account == nil || key.account == account else {
            metrics.authenticationFailed(.scope)
            throw Problem(.forbidden, "this key is bound to another account")
        }
    }

    private func isInForce(_ key: APIKey) -> Bool { key.expiresAt.map { limiter.serverTime < $0 } ?? true }

    private func failed(_ reason: AuthenticationFailure, throttledAs key: String) -> Problem {
        guard let seconds = throttle.failed(key) else { return unauthenticated(reason) }
        metrics.authenticationFailed(.throttled)
        return Problem(
            .tooManyFailures, "too many failed authentications; try again later",
            headers: [.retryAfter: String(seconds)])
    }

    private func unauthenticated(_ reason: AuthenticationFailure) -> Problem {
        metrics.authenticationFailed(reason)
        return Problem(
            .unauthenticated, "give a valid key: Authorization: Bearer KEY",
            headers: [.wwwAuthenticate: #"Bearer realm="headcount""#])
    }
}
