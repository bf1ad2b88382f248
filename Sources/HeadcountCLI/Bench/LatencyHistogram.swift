import Histogram
import Synchronization

/// How long calls took.
struct LatencyHistogram {
    /// Nanoseconds.
    private var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)

    /// Times so many calls, one after the other.
    mutating func time(_ count: Int, _ call: (Int) async throws -> Void) async throws {
        for number in 0..<count {
            let started = ContinuousClock.now
            try await call(number)
            record(ContinuousClock.now - started)
        }
    }

    mutating func record(_ duration: Duration) {
        histogram.record(UInt64(duration / .nanoseconds(1)))
    }

    func microseconds(atPercentile percentile: Double) -> Double {
        Double(histogram.valueAtPercentile(percentile)) / 1_000
    }
}

/// How long the calls of many tasks took.
final class LatencyRecord: Sendable {
    private let shared = Mutex(LatencyHistogram())

    func record(_ durations: [Duration]) {
        shared.withLock { for duration in durations { $0.record(duration) } }
    }

    var histogram: LatencyHistogram { shared.withLock { $0 } }
}
