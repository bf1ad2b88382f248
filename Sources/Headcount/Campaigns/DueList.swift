internal import Foundation
internal import RedisClient

/// What many processes look after, one of them at a time: a sorted set by when each element is due (due.lua). The key
/// stays, as long as there is something to look after.
package struct DueList: Sendable {
    private let limiter: Limiter
    private let key: String

    package init(limiter: Limiter, key: String) {
        self.limiter = limiter
        self.key = key
    }

    /// Takes what is due; it is due for others once the lease has ended.
    ///
    /// - Returns: The elements, and in how much time the next one is due.
    package func take(most: Int, lease: Duration) async throws -> (elements: [String], wait: Duration) {
        let call = ScriptCall(keys: [key], arguments: [String(most), String(lease.milliseconds)])
        let (reply, _) = try await limiter.runner.run(LimiterScripts.due, for: "") { _ in call }
        guard let parts = reply.elements, parts.count == 2, let elements = parts[0].elements,
            let wait = parts[1].integer
        else { throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to due.lua") }
        return (elements.compactMap(\.text), .milliseconds(wait))
    }

    /// Puts an element in, due at once, if it isn't there.
    package func add(_ element: String) async throws {
        _ = try await limiter.runner.send(["ZADD", key, "NX", "0", element])
    }

    /// Puts an element off that is there.
    package func put(off element: String, by time: Duration) async throws {
        let due = Int(limiter.serverTime.timeIntervalSince1970 * 1_000) + time.milliseconds
        _ = try await limiter.runner.send(["ZADD", key, "XX", String(due), element])
    }

    package func remove(_ element: String) async throws {
        _ = try await limiter.runner.send(["ZREM", key, element])
    }
}
