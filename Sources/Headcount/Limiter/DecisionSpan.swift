internal import Tracing

/// A span of swift-distributed-tracing around a call that decides: with the account, the kind of action, and how the
/// verdicts fell. Contact ids are in no span.
struct DecisionSpan {
    let account: String
    let action: Action
    let contacts: Int

    /// The tracer that the program has bootstrapped; nil if it has none, so that spans cost nothing then.
    static var tracer: (any Tracer)? {
        let tracer = InstrumentationSystem.tracer
        return tracer is NoOpTracer ? nil : tracer
    }

    func around(
        _ tracer: some Tracer, _ decide: @escaping @Sendable () async throws -> [Decision]
    ) async throws -> [Decision] {
        try await tracer.withSpan("headcount.activate", ofKind: .client) { span in
            span.attributes["headcount.account"] = account
            span.attributes["headcount.action"] = action.kind
            span.attributes["headcount.contacts"] = contacts
            let decisions = try await decide()
            var counts: [Verdict: Int] = [:]
            for decision in decisions { counts[decision.verdict, default: 0] += 1 }
            for (verdict, count) in counts { span.attributes["headcount.verdict.\(verdict.rawValue)"] = count }
            let blind = decisions.count { $0.failedOpen }
            if blind > 0 { span.attributes["headcount.failed_open"] = blind }
            return decisions
        }
    }
}
