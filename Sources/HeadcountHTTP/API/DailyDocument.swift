internal import Headcount

/// A period day by day, in the account's time zone; days without numbers are left out.
struct DailyDocument: Encodable {
    struct Tally: Encodable {
        var activated = 0
        var refused = 0
    }

    struct Day: Encodable {
        let day: String
        var kinds: [String: Tally] = [:]
        var activated = 0
        var refused = 0
    }

    let account, period: String
    let days: [Day]

    init(account: String, _ summary: PeriodSummary) {
        self.account = account
        period = summary.period.description
        var days: [Day] = []
        for entry in summary.days {
            let date = summary.period.name.date(ofDay: entry.day)
            if days.last?.day != date { days.append(Day(day: date)) }
            let last = days.count - 1
            days[last].kinds[entry.kind] = Tally(activated: entry.activated, refused: entry.refused)
            days[last].activated += entry.activated
            days[last].refused += entry.refused
        }
        self.days = days
    }
}
