import Headcount
import Foundation
import Testing

@testable import HeadcountHTTP

@Suite struct WebhookTimeTests {
    @Test(
        arguments: [
            (JSONValue.number("1569262485"), 1_569_262_485.0), (.string("1569262485"), 1_569_262_485),
            (.number("1569262485349"), 1_569_262_485.349), (.string("1569262485349"), 1_569_262_485.349),
            (.number("1569262485.5"), 1_569_262_485.5), (.number("233445667"), 233_445_667), (.number("0"), 0),
            (.string("2019-09-23T18:14:45Z"), 1_569_262_485), (.string("2019-09-23T20:14:45+02:00"), 1_569_262_485),
            (.string("2019-09-23T18:14:45.500Z"), 1_569_262_485.5),
        ] as [(JSONValue, TimeInterval)])
    func reads(_ value: JSONValue, _ seconds: TimeInterval) throws {
        let date = try #require(WebhookTime.date(value))
        #expect(abs(date.timeIntervalSince1970 - seconds) < 0.000_5)
    }

    @Test(
        arguments: [
            JSONValue.number("-1"), .number("1e30"), .number("1e400"), .number("99999999999999999999"), .string(""),
            .string("now"), .string("-5"), .string("0x10"), .string("nan"), .string("<TIME>"), .string("2019-09-23"),
            .bool(true),
            .null, .array([]), .object([:]), .garbled, .string(String(repeating: "9", count: 5_000)),
        ] as [JSONValue])
    func refuses(_ value: JSONValue) {
        #expect(WebhookTime.date(value) == nil)
    }
}
