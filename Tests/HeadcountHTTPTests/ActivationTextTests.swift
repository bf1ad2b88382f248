import Foundation
import Headcount
import Testing

@testable import HeadcountHTTP

/// What is put together by hand has to be read as any other JSON.
@Suite struct ActivationTextTests {
    private static let period = BillingCalendar.utc.period(year: 2026, month: 11)

    private func decision(_ verdict: Verdict, used: Int = 3, limit: Int = 5, mode: LimitMode = .hard) -> Decision {
        let standing = Standing(used: used, held: 0, limit: limit, mode: mode)
        return Decision(verdict: verdict, period: Self.period, standing: standing)
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func oneContact() throws {
        let text = ActivationText.one("ann", decision(.activated), in: "acct_42")
        #expect(
            text
                == #"{"account":"acct_42","contact":"ann","limit":5,"overLimit":false,"period":"2026-11","remaining":2,"#
                + #""resetsAt":"2026-12-01T00:00:00Z","used":3,"verdict":"activated"}"#)
    }

    @Test func numbersAreNullWhereNoLimitApplies() throws {
        let unlimited = try object(ActivationText.one("ann", decision(.activated, mode: .unlimited), in: "a"))
        #expect(unlimited["limit"] is NSNull && unlimited["remaining"] is NSNull && unlimited["used"] as? Int == 3)
        let standing = Standing(used: 0, held: 0, limit: .max, mode: .unlimited)
        let notCounted = Decision(verdict: .notCounted, period: Self.period, standing: standing)
        let object = try object(ActivationText.one("ann", notCounted, in: "a"))
        #expect(object["limit"] is NSNull && object["used"] is NSNull)
    }

    @Test(arguments: [#"a"b"#, #"a\"#, #"\"\\""#, "</script>", "ünï 🎉 \u{2028}", "\"\u{301}", "'", "a/b"])
    func contactsAreEscaped(_ contact: String) throws {
        #expect(try object(ActivationText.one(contact, decision(.activated), in: "a"))["contact"] as? String == contact)
        let many = try object(
            ActivationText.many(
                [contact, "b"], [decision(.activated), decision(.limitReached)], last: decision(.limitReached), in: "a")
        )
        #expect((many["results"] as? [[String: String]])?.first?["contact"] == contact)
    }

    @Test func manyContacts() throws {
        let verdicts: [Verdict] = [.activated, .alreadyActivated, .activated, .limitReached]
        let object = try object(
            ActivationText.many(
                ["a", "b", "c", "d"], verdicts.map { decision($0) }, last: decision(.limitReached, used: 5), in: "acct")
        )
        #expect((object["results"] as? [[String: String]])?.map { $0["verdict"] } == verdicts.map(\.rawValue))
        #expect(object["activated"] as? Int == 2)
        #expect(object["alreadyActivated"] as? Int == 1)
        #expect(object["limitReached"] as? Int == 1)
        #expect(object["notCounted"] as? Int == 0)
        #expect(object["used"] as? Int == 5)
        #expect(object["remaining"] as? Int == 0)
    }
}
