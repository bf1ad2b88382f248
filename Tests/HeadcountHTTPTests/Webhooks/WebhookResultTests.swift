import Testing

@testable import Headcount
@testable import HeadcountHTTP

@Suite struct WebhookResultTests {
    private static func taken(_ reactions: ContactRecord.Reaction...) -> EventResult {
        .taken(reactions.map { ContactRecord.ScenarioReaction(scenario: "welcome", reaction: $0) })
    }

    @Test func saysWhatBecameOfAnEvent() {
        #expect(WebhookResult(.duplicate) == .duplicate)
        #expect(WebhookResult(Self.taken()) == .unmatched)
        #expect(WebhookResult(Self.taken(.busy, .coolingDown, .disabled)) == .refrained)
        #expect(WebhookResult(Self.taken(.busy, .started(7))) == .taken)
    }

    @Test func labelsAreDifferentAndAreMetrics() {
        for channel in WebhookChannel.allCases {
            let labels = WebhookResult.all(of: channel).map(\.label)
            #expect(Set(labels).count == labels.count)
            #expect(labels.allSatisfy { $0.wholeMatch(of: /[a-z_]+/) != nil })
        }
    }

    @Test func receiptsAddUp() {
        var receipt = WebhookReceipt(ignored: 3)
        receipt.add([.duplicate, Self.taken(), Self.taken(.started(1), .busy, .started(9))])
        receipt.add([.duplicate, Self.taken(.disabled)])
        #expect(receipt == WebhookReceipt(events: 5, runs: 2, duplicates: 2, ignored: 3))
    }

    @Test(
        arguments: [
            (Problem.Kind.unauthenticated, WebhookRefusal.signature), (.contentTooLarge, .tooLarge),
            (.malformedJSON, .malformed),
            (.invalidBody, .malformed), (.unavailable, nil), (.internalError, nil),
        ] as [(Problem.Kind, WebhookRefusal?)])
    func refusalsAreToldApart(_ kind: Problem.Kind, _ refusal: WebhookRefusal?) {
        #expect(WebhookRefusal(Problem(kind, "")) == refusal)
    }
}
