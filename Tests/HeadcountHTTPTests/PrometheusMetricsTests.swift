import CoreMetrics
import Testing

@testable import HeadcountHTTP

@Suite struct PrometheusMetricsTests {
    private let registry = PrometheusMetrics()

    @Test func writesCountersGaugesAndHistograms() {
        Counter(label: "decisions_total", dimensions: [("verdict", "activated")], factory: registry).increment(by: 3)
        Meter(label: "in_flight", factory: registry).set(2)
        let timer = Timer(label: "duration_seconds", factory: registry)
        timer.recordNanoseconds(400_000)
        timer.recordNanoseconds(20_000_000_000)
        let text = registry.text()
        #expect(text.contains("# TYPE decisions_total counter\ndecisions_total{verdict=\"activated\"} 3\n"))
        #expect(text.contains("# TYPE in_flight gauge\nin_flight 2\n"))
        #expect(text.contains("duration_seconds_bucket{le=\"0.0005\"} 1\n"))
        #expect(text.contains("duration_seconds_bucket{le=\"10\"} 1\n"))
        #expect(text.contains("duration_seconds_bucket{le=\"+Inf\"} 2\n"))
        #expect(text.contains("duration_seconds_sum 20.0004\nduration_seconds_count 2\n"))
    }

    @Test func theSameNameAndLabelsAreOneMetric() {
        for order in [[("a", "1"), ("b", "2")], [("b", "2"), ("a", "1")]] {
            Counter(label: "total", dimensions: order, factory: registry).increment()
        }
        #expect(registry.text() == "# TYPE total counter\ntotal{a=\"1\",b=\"2\"} 2\n")
    }

    @Test func aNameOfTwoTypesDoesNotSpoilTheRest() {
        Counter(label: "total", factory: registry).increment()
        Meter(label: "total", factory: registry).set(7)
        #expect(registry.text() == "# TYPE total counter\ntotal 1\n")
    }

    @Test func valuesOfLabelsAreEscaped() {
        Counter(label: "total", dimensions: [("path", "a\"b\\c\nd")], factory: registry).increment()
        #expect(registry.text().contains(#"total{path="a\"b\\c\nd"} 1"#))
    }
}
