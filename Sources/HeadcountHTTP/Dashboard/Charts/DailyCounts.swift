internal import Foundation
internal import Headcount

/// A period's days from its first to its last, or to today, each with its numbers.
struct DailyCounts {
    /// The kinds of action that have a colour of their own, in the order in which they are stacked.
    enum Series: String, CaseIterable {
        case campaign, scenario, aiAgent, other

        init(kind: String) {
            self =
                switch kind {
                case "campaign": .campaign
                case "scenario": .scenario
                case "ai_agent": .aiAgent
                default: .other
                }
        }

        /// For legends and heads of columns.
        var title: String {
            switch self {
            case .campaign: "Campaigns"
            case .scenario: "Scenarios"
            case .aiAgent: "AI agents"
            case .other: "Other"
            }
        }

        /// Within a sentence.
        var noun: String { self == .aiAgent ? "AI agents" : title.lowercased() }
    }

    struct Day {
        let date: DateText
        var activated: [Series: Int] = [:]
        var refused = 0

        var total: Int { activated.values.reduce(0, +) }
    }

    /// All days of the period, those to come included.
    let dates: [DateText]
    let days: [Day]
    /// `other` only where there is something in it.
    let series: [Series]

    init(_ summary: PeriodSummary, zone: String, now: Date) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: zone) ?? .gmt
        let period = summary.period
        let byDay = Dictionary(grouping: summary.days, by: \.day)
        var dates: [DateText] = []
        var days: [Day] = []
        var noon = period.start.addingTimeInterval(12 * 3600)
        while noon < period.end {
            let date = DateText(noon, in: zone)
            dates.append(date)
            if calendar.startOfDay(for: noon) <= now {
                var day = Day(date: date)
                for entry in byDay[calendar.component(.day, from: noon)] ?? [] {
                    day.activated[Series(kind: entry.kind), default: 0] += entry.activated
                    day.refused += entry.refused
                }
                days.append(day)
            }
            noon = calendar.date(byAdding: .day, value: 1, to: noon) ?? period.end
        }
        self.dates = dates
        self.days = days
        series = Series.allCases.filter { kind in
            kind != .other || days.contains { $0.activated[.other, default: 0] > 0 }
        }
    }

    /// Contacts counted from the first day to each.
    var cumulative: [Int] {
        var sum = 0
        return days.map { day in
            sum += day.total
            return sum
        }
    }
}
