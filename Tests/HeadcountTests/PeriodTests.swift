import Foundation
import Headcount
import Testing

@Suite struct PeriodTests {
    private func date(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

    private func period(_ zone: String, _ startDay: Int = 1, at time: String) throws -> [String] {
        let period = try BillingCalendar(zone: zone, startDay: startDay).period(at: date(time))
        return [period.description, period.start.ISO8601Format(), period.end.ISO8601Format()]
    }

    @Test func calendarMonthInUTC() throws {
        let november = ["2026-11", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"]
        #expect(try period("UTC", at: "2026-11-01T00:00:00Z") == november)
        #expect(try period("UTC", at: "2026-11-30T23:59:59Z") == november)
        #expect(
            try period("UTC", at: "2026-12-31T23:59:59Z") == [
                "2026-12", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z",
            ])
    }

    @Test func februaryInLeapYearsAndOthers() throws {
        #expect(try period("UTC", at: "2028-02-29T23:59:59Z")[2] == "2028-03-01T00:00:00Z")
        #expect(try period("UTC", at: "2027-02-28T23:59:59Z")[2] == "2027-03-01T00:00:00Z")
        #expect(try period("UTC", at: "2100-02-28T23:59:59Z")[2] == "2100-03-01T00:00:00Z")
        #expect(
            try period("UTC", 28, at: "2028-02-29T12:00:00Z")
                == ["2028-02-28", "2028-02-28T00:00:00Z", "2028-03-28T00:00:00Z"])
    }

    @Test func startDayBelongsToTheMonthBeforeUntilItComes() throws {
        #expect(
            try period("UTC", 15, at: "2026-11-14T23:59:59Z")
                == ["2026-10-15", "2026-10-15T00:00:00Z", "2026-11-15T00:00:00Z"])
        #expect(try period("UTC", 15, at: "2026-11-15T00:00:00Z")[0] == "2026-11-15")
        #expect(
            try period("UTC", 15, at: "2027-01-03T00:00:00Z")
                == ["2026-12-15", "2026-12-15T00:00:00Z", "2027-01-15T00:00:00Z"])
    }

    @Test func zonesOnEitherSideOfUTC() throws {
        #expect(
            try period("Asia/Tokyo", at: "2026-11-30T15:00:00Z")
                == ["2026-12", "2026-11-30T15:00:00Z", "2026-12-31T15:00:00Z"])
        #expect(try period("America/Los_Angeles", at: "2026-12-01T07:59:59Z")[0] == "2026-11")
        #expect(try period("Pacific/Kiritimati", at: "2026-11-30T10:00:00Z")[0] == "2026-12")
    }

    /// Paris goes to winter time on 25 October 2026, New York on 1 November 2026.
    @Test func daylightSavingMakesMonthsAnHourLongerOrShorter() throws {
        #expect(
            try period("Europe/Paris", at: "2026-10-31T22:59:59Z")
                == ["2026-10", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"])
        #expect(
            try period("Europe/Paris", at: "2027-03-28T12:00:00Z")
                == ["2027-03", "2027-02-28T23:00:00Z", "2027-03-31T22:00:00Z"])
        #expect(
            try period("America/New_York", at: "2026-11-01T05:30:00Z")
                == ["2026-11", "2026-11-01T04:00:00Z", "2026-12-01T05:00:00Z"])
    }

    /// In Asunción the clocks went from 24:00 on 30 September 2023 straight to 01:00.
    @Test func dayWithoutMidnightBeginsWithItsFirstInstant() throws {
        #expect(
            try period("America/Asuncion", at: "2023-10-01T04:00:00Z")
                == ["2023-10", "2023-10-01T04:00:00Z", "2023-11-01T03:00:00Z"])
        #expect(try period("America/Asuncion", at: "2023-10-01T03:59:59Z")[0] == "2023-09")
    }

    @Test func everyHourOfTenYearsIsInExactlyItsOwnPeriodAndDay() throws {
        for (zone, startDay) in [("UTC", 1), ("Europe/Paris", 15), ("America/Sao_Paulo", 28), ("Asia/Beirut", 1)] {
            let calendar = try BillingCalendar(zone: zone, startDay: startDay)
            var time = try date("2017-12-31T00:00:00Z")
            let end = try date("2028-01-02T00:00:00Z")
            var last: Period?
            while time < end {
                let period = calendar.period(at: time)
                #expect(period.contains(time), "\(zone) \(time)")
                if let last, last != period { #expect(last.end == period.start, "\(zone) \(time)") }
                let day = try CalendarSchedule(fields: "\(zone)|\(startDay)|||").day(at: time)
                #expect(day.contains(time) && day.period == period, "\(zone) \(time)")
                last = period
                time += 6 * 3600 + 1
            }
        }
    }

    @Test(arguments: ["Mars/Olympus", "EST", "GMT+3", "", "Europe", "UTC+1", "europe/paris/x", "../etc/passwd"])
    func zoneThatIsNoneIsRefusedByName(_ zone: String) {
        let error = #expect(throws: HeadcountError.self) { try BillingCalendar(zone: zone) }
        #expect(error?.code == .invalidPlan)
        #expect(error?.message.contains("'\(zone)'") == true)
    }

    @Test(arguments: [0, 29, -1, 31]) func startDayThatSomeMonthLacksIsRefused(_ day: Int) {
        let error = #expect(throws: HeadcountError.self) { try BillingCalendar(zone: "UTC", startDay: day) }
        #expect(error?.message.contains("'\(day)'") == true)
    }

    @Test func periodNames() throws {
        #expect(try PeriodName("2026-11", startDay: 1).description == "2026-11")
        #expect(try PeriodName("2026-11", startDay: 15).description == "2026-11-15")
        #expect(try PeriodName("2026-11-01", startDay: 15).description == "2026-11")
        #expect(try PeriodName("2026-01", startDay: 1).previous.description == "2025-12")
        for text in [
            "", "2026", "2026-13", "2026-00", "2026-1", "26-01", "2026-11-29", "2026-11-00", "2026-11-1", "+026-11",
        ] {
            #expect(throws: HeadcountError.self, "\(text)") { try PeriodName(text, startDay: 1) }
        }
    }

    /// A zone further west is still in the old month when the change comes: the old period goes on for those hours.
    @Test func changeOfCalendarStartsWithTheNextPeriod() throws {
        let from = try date("2026-12-01T00:00:00Z").epochSeconds
        let west = try CalendarSchedule(fields: "UTC|1|America/Los_Angeles|1|\(from)")
        let november = west.day(at: try date("2026-11-20T12:00:00Z")).period
        #expect(november.description == "2026-11")
        #expect(november.end == (try date("2026-12-01T08:00:00Z")))
        #expect(west.day(at: try date("2026-12-01T07:00:00Z")).period.description == "2026-11")
        #expect(west.day(at: try date("2026-12-01T08:00:00Z")).period.description == "2026-12")

        let later = try CalendarSchedule(fields: "UTC|1|UTC|15|\(from)")
        #expect(later.day(at: try date("2026-11-20T12:00:00Z")).period.end == (try date("2026-12-01T00:00:00Z")))
        #expect(later.day(at: try date("2026-12-01T00:00:00Z")).period.description == "2026-11-15")
    }

    /// A worker whose clock is off must be told so, and not take one calendar's day for the other's.
    @Test(arguments: ["nan", "inf", "-1", "1e300", "253402300800", "99999999999999999999", "1.5", " 1"])
    func changeAtNoInstantIsRefused(_ instant: String) {
        #expect(throws: HeadcountError.self) { try CalendarSchedule(fields: "UTC|1|UTC|15|\(instant)") }
    }

    @Test func dayEndsWhereACalendarChanges() throws {
        let from = try date("2026-12-01T00:00:00Z")
        let schedule = CalendarSchedule(
            current: .utc, next: try BillingCalendar(zone: "Asia/Tokyo"), from: from)
        let before = schedule.day(at: from - 1)
        #expect(before.end == from && before.start == from - 86_400)
        let after = schedule.day(at: from)
        // In Tokyo the day began nine hours ago, in the other calendar's time.
        #expect(after.start == from && after.end == from + 15 * 3_600)
        #expect(before.period.description == "2026-11" && after.period.description == "2026-12")
    }
}
