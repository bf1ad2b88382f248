internal import Tracing

/// A span of swift-distributed-tracing around each decision, with the account, the action and how the verdicts fell.
///
/// The tracer is looked up once, with the limiter: a program that wants spans bootstraps its tracer before, and one that
/// doesn't pays nothing for them. Contact ids are in no span.
struct DecisionTracing: Sendable {
    private let tracer: (any Tracer)?

    init() {
        let tracer = InstrumentationSystem.tracer
        self.tracer = tracer is NoOpTracer ? nil : tracer
    }

    func span<Result>(
        account: String, action: Action, contacts: Int, _ decide: () async throws -> Result,
        verdicts: (Result) -> [Decision]
    ) async throws -> Result {
        guard let tracer else { return try await decide() }
        return try await Self.span(
            tracer, account: account, action: action, contacts: contacts, decide, verdicts: verdicts)
    }

    private static func span<Result>(
        _ tracer: some Tracer, account: String, action: Action, contacts: Int, _ decide: () async throws -> Result,
        verdicts: (Result) -> [Decision]
    ) async throws -> Result {
        try await tracer.withSpan("headcount.activate", ofKind: .client) { span in
            span.attributes["headcount.account"] = account
            span.attributes["headcount.action"] = action.kind
            span.attributes["headcount.contacts"] = contacts
            let result = try await decide()
            var counts: [Verdict: Int] = [:]
            for decision in verdicts(result) { counts[decision.verdict, default: 0] += 1 }
            for (verdict, count) in counts { span.attributes["headcount.verdict.\(verdict.rawValue)"] = count }
            return result
        }
    }
}
