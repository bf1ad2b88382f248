import Foundation
import Testing

@testable import HeadcountWorkers

@Suite struct CallAnswerTests {
    private let now = Date(timeIntervalSince1970: 1_795_176_000)  // Fri, 20 Nov 2026 12:00:00 GMT

    private func answer(_ status: Int, _ retryAfter: String? = nil) -> CallAnswer {
        CallAnswer(status: status, retryAfter: retryAfter, now: now)
    }

    @Test func statusesMeanWhatTheyMean() {
        for status in [200, 201, 202, 204, 299] { #expect(answer(status) == .accepted(status)) }
        for status in [400, 401, 403, 404, 410, 422] { #expect(answer(status) == .refused("status \(status)")) }
        for status in [408, 425, 429, 503] { #expect(answer(status) == .later("status \(status)", after: nil)) }
        for status in [500, 501, 502, 504, 507] { #expect(answer(status) == .unknown("status \(status)")) }
        guard case .refused = answer(302) else { Issue.record("a redirect is not followed"); return }
    }

    @Test func retryAfterIsSecondsOrADate() {
        #expect(answer(429, "7") == .later("status 429", after: .seconds(7)))
        #expect(answer(503, "Fri, 20 Nov 2026 12:01:30 GMT") == .later("status 503", after: .seconds(90)))
        #expect(answer(503, "Fri, 20 Nov 2026 11:00:00 GMT") == .later("status 503", after: .zero))
        #expect(answer(429, "99999999999") == .later("status 429", after: .seconds(86_400)))
        for text in ["soon", "-1", "", "1.5"] { #expect(answer(429, text) == .later("status 429", after: nil)) }
    }

    @Test func campaignIsHeldOffOnceEverybodyIsTurnedAway() {
        var health = AutomationHealth()
        let now = ContinuousClock.now
        for _ in 0..<15 { health.learn(.later("status 429", after: .seconds(3)), at: now) }
        #expect(health.hold(at: now) == nil)
        health.learn(.later("status 429", after: .seconds(3)), at: now)
        #expect(health.hold(at: now) == .seconds(3))
        #expect(health.hold(at: now + .seconds(3)) == nil)
        health.learn(.accepted(200), at: now)
        #expect(health.hold(at: now) == nil)
        for _ in 0..<64 { health.learn(.later("can't connect", after: nil), at: now) }
        #expect(health.hold(at: now).map { $0 > .seconds(3) && $0 < .seconds(6) } ?? false)
    }

    @Test func signatureIsThatOfTheBody() {
        // RFC 4231, test case 2.
        #expect(
            RequestSignature(secret: "Jefe").value(for: Array("what do ya want for nothing?".utf8))
                == "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test func idempotencyKeyIsTheSameForEachAttemptOnly() {
        func key(_ contact: String, attempt: Int = 1, nonce: String = "n") -> String {
            ActionCall(account: "a", contact: contact, automation: "campaign:x", step: 1, attempt: attempt)
                .idempotencyKey(nonce: nonce)
        }
        #expect(key("ann") == key("ann", attempt: 2))
        #expect(Set([key("ann"), key("bob"), key("ann", nonce: "other")]).count == 3)
    }
}
