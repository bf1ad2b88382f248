internal import Foundation
internal import Headcount
internal import RedisClient

/// Sessions that were signed out before their end, so that a copy of their cookie is worth nothing: a key in Redis for
/// each, `PREFIX:signed-out:ID`, that expires with the session.
struct SignedOutSessions {
    let limiter: Limiter

    func contains(_ session: Session) async throws -> Bool {
        try await limiter.send(["EXISTS", limiter.keys.signedOut(session.id)]).integer == 1
    }

    func insert(_ session: Session) async throws {
        let seconds = max(1, Int(session.expiresAt.timeIntervalSince(limiter.serverTime)))
        _ = try await limiter.send(["SET", limiter.keys.signedOut(session.id), "1", "EX", String(seconds)])
    }
}
