internal import NIOCore

/// How long to wait before the next attempt to connect: milliseconds, doubling, never in step with other processes.
enum Backoff {
    private static let first = 2.0
    private static let longest = 500.0

    /// `jitter` is a random number from 0 to 1; the delay is between half and all of 2, 4, 8 … 500 ms.
    static func delay(afterFailures failures: Int, jitter: Double) -> TimeAmount {
        let doubled = first * Double(1 << min(max(failures - 1, 0), 16))
        return .microseconds(Int64(min(doubled, longest) * (0.5 + jitter / 2) * 1000))
    }
}
