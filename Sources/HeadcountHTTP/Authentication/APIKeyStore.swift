public import Foundation
public import Headcount
internal import RedisClient

/// The keys in Redis: one hash, `PREFIX:api-keys`, with a JSON object for each key under its id. It never expires.
public struct APIKeyStore: Sendable {
    private let limiter: Limiter

    /// The keys in the limiter's Redis, under its prefix.
    public init(_ limiter: Limiter) {
        self.limiter = limiter
    }

    private var redisKey: String { limiter.keys.apiKeys }

    /// Makes a key.
    ///
    /// - Parameters:
    ///   - name: 1 to 256 bytes without control characters.
    ///   - account: the only account that it may be used for; nil for all.
    ///   - expiresAt: the first instant at which it no longer works; nil for never.
    /// - Returns: The key's text, which nobody can find out later, and what is stored of it.
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidConfiguration` for a name or a time that can't be,
    ///   `unavailable`.
    public func create(
        name: String, scope: APIKeyScope, account: String? = nil, expiresAt: Date? = nil
    ) async throws -> (text: String, key: APIKey) {
        if let fault = Identifier.fault(inContact: name) {
            throw HeadcountError(.invalidConfiguration, "the key's name \(fault)", value: name)
        }
        if let account { try Identifier.check(account: account) }
        let now = try await limiter.askTime()
        if let expiresAt, expiresAt <= now {
            throw HeadcountError(
                .invalidConfiguration, "a key has to expire in the future", value: expiresAt.formatted(.iso8601))
        }
        let text = KeyText.random()
        guard let parsed = KeyText(text) else { preconditionFailure("a key that was just made is malformed") }
        let key = APIKey(
            id: parsed.id, name: name, scope: scope, account: account, createdAt: now, expiresAt: expiresAt,
            sha256: Array(parsed.sha256))
        _ = try await limiter.send(["HSET", redisKey, key.id, key.json])
        return (text, key)
    }

    /// All keys, oldest first. One that somebody else has garbled is left out.
    public func list() async throws -> [APIKey] {
        let fields = try await limiter.send(["HGETALL", redisKey]).fields ?? [:]
        return fields.compactMap { try? APIKey(id: $0.key, json: $0.value) }
            .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    /// Takes a key away; every instance notices within a second. False when there is no such key.
    public func revoke(id: String) async throws -> Bool {
        try await limiter.send(["HDEL", redisKey, id]).integer == 1
    }

    /// Takes away all keys that are bound to the account; every instance notices within a second.
    ///
    /// - Returns: How many there were.
    public func revokeAll(of account: String) async throws -> Int {
        let ids = try await list().filter { $0.account == account }.map(\.id)
        guard !ids.isEmpty else { return 0 }
        return try await limiter.send(["HDEL", redisKey] + ids).integer ?? 0
    }

    func find(id: String) async throws -> APIKey? {
        guard let json = try await limiter.send(["HGET", redisKey, id]).text else { return nil }
        return try? APIKey(id: id, json: json)
    }
}
