import Foundation
import Headcount
import Testing

@testable import HeadcountHTTP

@Suite struct DashboardTextTests {
    @Test(arguments: [
        (0, [0]), (1, [0, 1]), (7, [0, 5]), (97, [0, 50, 100]), (1_914, [0, 1_000, 2_000]), (2_500, [0, 2_000]),
        (48_210, [0, 25_000, 50_000]),
    ])
    func ticksAreRound(_ top: Int, _ ticks: [Int]) {
        #expect(AxisTicks.values(upTo: top) == ticks)
    }

    @Test(arguments: [
        (0, "0"), (9_999, "9,999"), (10_000, "10k"), (12_500, "12.5k"), (3_000_000, "3M"), (1_250_000, "1.3M"),
    ])
    func axesAreShort(_ value: Int, _ text: String) {
        #expect(AxisTicks.text(value) == text)
    }

    @Test(arguments: [(0.0, "0"), (33.3333, "33.333"), (-0.5, "-0.5"), (12.0, "12"), (99.9999, "100"), (0.1, "0.1")])
    func decimalsAreShort(_ value: Double, _ text: String) {
        #expect(Double(Decimals.text(value)) == Double(text))
        #expect(Decimals.text(value).count <= text.count + 2)
    }

    @Test func periodsReadAsPeopleWriteThem() throws {
        let november = BillingCalendar.utc.period(year: 2026, month: 11)
        #expect(november.text(in: "UTC") == "November 2026")
        #expect(november.range(in: "UTC") == "1 to 30 November")
        let paris = try BillingCalendar(zone: "Europe/Paris", startDay: 15).period(year: 2026, month: 12)
        #expect(paris.text(in: "Europe/Paris") == "15 December to 14 January 2027")
        #expect(paris.range(in: "Europe/Paris") == "15 December to 14 January")
    }

    @Test(arguments: [
        ("/", "/"), ("/accounts/a?period=2026-11", "/accounts/a?period=2026-11"), ("//evil.example", nil),
        ("https://evil.example", nil), ("/\\evil.example", nil), ("/a b", nil), ("/a\r\nSet-Cookie:x", nil), ("", nil),
        (nil, nil),
    ])
    func onlyLocalPathsAreFollowed(_ text: String?, _ path: String?) {
        #expect(SignIn.localPath(text) == path)
    }

    @Test func pathsEscapeWhatTheyMust() {
        #expect(DashboardPath.account("brand:berlin@shop") == "/accounts/brand:berlin@shop")
        #expect(DashboardPath.with("/", ["q": "<a&b>", "page": nil]) == "/?q=%3Ca%26b%3E")
    }
}
