internal import NIOCore
internal import Synchronization

/// Bounds how often authentication may fail with one key: ten times at once, then once in six seconds.
final class FailureThrottle: Sendable {
    private static let burst = 10
    private static let interval = TimeAmount.seconds(6)
    private static let maximumEntries = 10_000

    /// When each key's failures are forgotten: each failure puts that off by ``interval``.
    private let forgotten = Mutex<[String: NIODeadline]>([:])

    /// Counts a failure.
    ///
    /// - Returns: nil, or after how many seconds to try again.
    func failed(_ key: String, at now: NIODeadline = .now()) -> Int? {
        forgotten.withLock { forgotten in
            if forgotten.count >= Self.maximumEntries {
                forgotten = forgotten.filter { $0.value > now }
                if forgotten.count >= Self.maximumEntries { forgotten.removeAll() }
            }
            let due = max(forgotten[key] ?? now, now)
            let ahead = due - now
            let allowed = TimeAmount.nanoseconds(Self.interval.nanoseconds * Int64(Self.burst - 1))
            guard ahead > allowed else {
                forgotten[key] = due + Self.interval
                return nil
            }
            return Int((ahead - allowed).nanoseconds / 1_000_000_000) + 1
        }
    }
}
