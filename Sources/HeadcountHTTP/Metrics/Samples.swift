internal import CoreMetrics
internal import Synchronization

/// What is kept of one metric with one set of labels.
enum Sample: Sendable {
    case counter(CounterSample)
    case gauge(GaugeSample)
    case histogram(HistogramSample)
}

final class CounterSample: CounterHandler {
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) { value.add(amount, ordering: .relaxed) }
    func reset() { value.store(0, ordering: .relaxed) }

    var current: Int64 { value.load(ordering: .relaxed) }
}

final class GaugeSample: MeterHandler, RecorderHandler {
    private let value = Mutex(0.0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    var current: Double { value.withLock { $0 } }
}

final class HistogramSample: TimerHandler {
    /// Upper bounds in seconds; the alert rules need 0.1.
    static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    private static let nanoseconds = bounds.map { Int64($0 * 1e9) }

    struct State {
        /// One for each bound, and one for what is above all of them.
        var counts = Array(repeating: 0, count: HistogramSample.bounds.count + 1)
        var sum: Int64 = 0
    }

    private let state = Mutex(State())

    func recordNanoseconds(_ duration: Int64) {
        let index = Self.nanoseconds.firstIndex { duration <= $0 } ?? Self.nanoseconds.count
        state.withLock { state in
            state.counts[index] += 1
            state.sum += duration
        }
    }

    var current: State { state.withLock { $0 } }
}
