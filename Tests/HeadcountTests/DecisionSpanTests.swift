import InMemoryTracing
import Testing
import Tracing

@testable import Headcount

@Suite struct DecisionSpanTests {
    private static let period = BillingCalendar.utc.period(year: 2026, month: 11)

    private func decision(_ verdict: Verdict) -> Decision {
        Decision(verdict: verdict, period: Self.period, standing: Standing(used: 1, held: 0, limit: 2, mode: .hard))
    }

    @Test func saysHowTheVerdictsFellAndNamesNoContact() async throws {
        let tracer = InMemoryTracer()
        let decisions = [decision(.activated), decision(.activated), decision(.limitReached)]
        let span = DecisionSpan(account: "acct_42", action: .campaign("spring"), contacts: 3)
        #expect(try await span.around(tracer) { decisions } == decisions)
        let finished = try #require(tracer.finishedSpans.first)
        #expect(finished.operationName == "headcount.activate")
        var attributes: [String: String] = [:]
        finished.attributes.forEach { attributes[$0] = "\($1)" }
        #expect(
            Set(attributes.keys) == [
                "headcount.account", "headcount.action", "headcount.contacts", "headcount.verdict.activated",
                "headcount.verdict.limit_reached",
            ])
    }

    @Test func aFailureIsRecorded() async throws {
        let tracer = InMemoryTracer()
        let error = HeadcountError(.unavailable, "Redis is unavailable")
        await #expect(throws: HeadcountError.self) {
            try await DecisionSpan(account: "a", action: .campaign("c"), contacts: 1).around(tracer) { throw error }
        }
        #expect(tracer.finishedSpans.first?.errors.count == 1)
    }

    /// Without a tracer, spans cost nothing.
    @Test func withoutATracerThereIsNone() {
        #expect(DecisionSpan.tracer == nil)
    }
}
