import Foundation
import Headcount
import Testing

@testable import HeadcountHTTP

@Suite struct DailyCountsTests {
    /// The clocks go back on 25 October 2026 in Paris: that day has 25 hours, and is one day all the same.
    @Test func everyDayIsThereOnceAlsoWhenTheClocksChange() throws {
        let period = try BillingCalendar(zone: "Europe/Paris").period(year: 2026, month: 10)
        let summary = PeriodSummary(
            period: period, members: 9, refusedContacts: 0,
            stats: ["25:campaign:activated": "4", "26:ai_agent:activated": "5", "26:newsletter:activated": "1"])
        let counts = DailyCounts(summary, zone: "Europe/Paris", now: period.end)
        #expect(counts.dates.map(\.dayNumber) == (1...31).map(String.init))
        #expect(counts.days.count == 31)
        #expect(counts.days[24].total == 4)
        #expect(counts.days[25].activated == [.aiAgent: 5, .other: 1])
        #expect(counts.cumulative.last == 10)
        #expect(counts.series == [.campaign, .scenario, .aiAgent, .other])
    }

    @Test func daysToComeHaveNoNumbers() throws {
        let period = try BillingCalendar(zone: "UTC", startDay: 15).period(year: 2026, month: 2)
        let summary = PeriodSummary(
            period: period, members: 0, refusedContacts: 0,
            stats: ["28:campaign:activated": "1", "01:campaign:refused": "2"])
        let now = period.start.addingTimeInterval(14.5 * 86_400)
        let counts = DailyCounts(summary, zone: "UTC", now: now)
        #expect(counts.dates.count == 28)
        #expect(counts.days.map(\.date.dayNumber).suffix(3) == ["27", "28", "1"])
        #expect(counts.days.last?.refused == 2)
        #expect(counts.series == [.campaign, .scenario, .aiAgent])
    }
}
