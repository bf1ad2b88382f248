import Foundation
import TestSupport
import Testing

/// What `headcount bench` prints; how fast it finds things to be is no test's business.
@Suite struct BenchTests {
    @Test func printsOneObjectACase() async throws {
        let cases = ["many-accounts", "hot-account", "batch-256", "latency", "local-cache", "memory"]
        let outcome = try await ChildProcess.run(
            [Products.headcount, "bench", "--json", "--rounds", "1", "--effort", "0.01"]
                + cases.flatMap { ["--case", $0] })
        #expect(outcome.status == 0, "\(outcome.errors)")
        let results = try outcome.objects
        #expect(results.map { $0["case"] as? String } == cases)
        for result in results {
            #expect(try #require(result["value"] as? Double) > 0 && #require(result["anchor"] as? Double) > 0)
            #expect(result["ratio"] is Double && result["unit"] is String && result["mark"] is String)
            #expect(result["reached"] is Bool)
        }
        // The one case whose figure doesn't depend on the machine.
        #expect(results.last?["reached"] as? Bool == true)
    }

    @Test func refusesARedisThatRedisBenchmarkCannotReach() async throws {
        let outcome = try await ChildProcess.run([Products.headcount, "bench", "--redis", "redis://127.0.0.1:6379"])
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("redis+unix:///path"))
    }
}
