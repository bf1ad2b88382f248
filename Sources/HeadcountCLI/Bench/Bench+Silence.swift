import Headcount

extension Bench {
    /// What it costs a caller that nobody is there, once others have waited in vain.
    func silence() async throws -> BenchResult {
        let limiter = try await limiter()
        var configuration = LimiterConfiguration()
        configuration.timeout = .milliseconds(600)
        // Nobody listens on port 1.
        let alone = try Limiter(url: "redis://127.0.0.1:1", configuration: configuration)
        var values: [Double] = []
        var anchors: [Double] = []
        for _ in 0..<rounds {
            var ping = LatencyHistogram()
            var refusal = LatencyHistogram()
            // The first waits for as long as it may.
            _ = try? await alone.activate("c", in: "silence", by: .campaign("bench"))
            for _ in 0..<calls(100) {
                try await ping.time(100) { _ in _ = try await limiter.send(["PING"]) }
                try await refusal.time(100) { number in
                    _ = try? await alone.activate("c\(number)", in: "silence", by: .campaign("bench"))
                }
            }
            anchors.append(ping.microseconds(atPercentile: 50))
            values.append(refusal.microseconds(atPercentile: 50))
        }
        await alone.close()
        await limiter.close()
        return BenchResult(
            .silence, values: values, anchors: anchors, unit: "µs p50", anchoredTo: "PING of a Redis that is there",
            mark: .atMost(1))
    }
}
