public import CoreMetrics
internal import Synchronization

/// A backend of swift-metrics that keeps everything in memory and writes it in Prometheus's text format.
///
/// Labels of swift-metrics are the names of Prometheus's metrics, dimensions its labels. Timers become histograms in
/// seconds.
public final class PrometheusMetrics: MetricsFactory {
    /// By name, then by labels.
    private let families = Mutex<[String: [String: Sample]]>([:])

    /// An empty registry.
    public init() {}

    /// The handle that is there already, or a new one. One whose name is used for another type is a faulty program; it
    /// gets a handle that nobody reads.
    private func sample<Handle: Sendable>(
        _ name: String, _ dimensions: [(String, String)], existing: (Sample) -> Handle?, new: Handle,
        wrap: (Handle) -> Sample
    ) -> Handle {
        let labels = PrometheusText.labels(dimensions)
        return families.withLock { families in
            if let sample = families[name]?[labels] { return existing(sample) ?? new }
            if let other = families[name]?.values.first, existing(other) == nil { return new }
            families[name, default: [:]][labels] = wrap(new)
            return new
        }
    }

    /// All metrics in Prometheus's text format, version 0.0.4.
    func text() -> String {
        let families = families.withLock { $0 }
        return families.sorted { $0.key < $1.key }.map { name, family in
            PrometheusText.family(name, family.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        }.joined()
    }

    /// A counter.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        sample(
            label, dimensions, existing: { if case .counter(let handle) = $0 { handle } else { nil } },
            new: CounterSample(), wrap: Sample.counter)
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        sample(
            label, dimensions, existing: { if case .gauge(let handle) = $0 { handle } else { nil } },
            new: GaugeSample(), wrap: Sample.gauge)
    }

    /// A gauge; nothing here aggregates.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        sample(
            label, dimensions, existing: { if case .gauge(let handle) = $0 { handle } else { nil } },
            new: GaugeSample(), wrap: Sample.gauge)
    }

    /// A histogram in seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        sample(
            label, dimensions, existing: { if case .histogram(let handle) = $0 { handle } else { nil } },
            new: HistogramSample(), wrap: Sample.histogram)
    }

    /// Nothing: counts stay.
    public func destroyCounter(_ handler: any CounterHandler) {}
    /// Nothing: counts stay.
    public func destroyMeter(_ handler: any MeterHandler) {}
    /// Nothing: counts stay.
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    /// Nothing: counts stay.
    public func destroyTimer(_ handler: any TimerHandler) {}
}
