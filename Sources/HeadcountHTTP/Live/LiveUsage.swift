internal import Headcount
internal import NIOCore
internal import Synchronization

/// The standing of accounts that somebody is looking at: however many look, Redis is asked about an account twice a
/// second at most.
final class LiveUsage: Sendable {
    private static let maximumAge = TimeAmount.milliseconds(450)
    private static let maximumEntries = 10_000

    private struct Entry {
        let asked: NIODeadline
        let usage: Task<Usage, any Error>
    }

    private let limiter: Limiter
    private let entries = Mutex<[String: Entry]>([:])

    init(limiter: Limiter) {
        self.limiter = limiter
    }

    func usage(of account: String) async throws -> Usage {
        let usage = entries.withLock { entries in
            let now = NIODeadline.now()
            if let entry = entries[account], now - entry.asked < Self.maximumAge { return entry.usage }
            if entries.count >= Self.maximumEntries { entries.removeAll() }
            let usage = Task { try await limiter.usage(of: account) }
            entries[account] = Entry(asked: now, usage: usage)
            return usage
        }
        return try await usage.value
    }
}
