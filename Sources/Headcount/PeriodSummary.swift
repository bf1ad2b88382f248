/// What is kept of one period: its totals, and how they came about day by day.
public struct PeriodSummary: Hashable, Sendable {
    /// Activations and refusals of one kind of action on one day.
    public struct Day: Hashable, Sendable {
        /// Day of the month.
        public let day: Int
        /// Kind of action, such as `campaign`.
        public let kind: String
        /// Contacts counted.
        public let activated: Int
        /// Times that a contact was refused, repeats included.
        public let refused: Int
    }

    /// The period.
    public let period: Period
    /// Contacts counted. Once the members have expired, the sum of the daily numbers.
    public let used: Int
    /// About how many distinct contacts were refused; 0 once that has expired.
    public let refusedContacts: Int
    /// The daily numbers, in the period's order.
    public let days: [Day]

    /// Contacts counted by each kind of action.
    public var activatedByKind: [String: Int] {
        days.reduce(into: [:]) { $0[$1.kind, default: 0] += $1.activated }
    }

    /// How often a contact was refused, repeats included.
    public var refusals: Int { days.reduce(0) { $0 + $1.refused } }

    package init(period: Period, members: Int, refusedContacts: Int, stats: [String: String]) {
        self.period = period
        self.refusedContacts = refusedContacts
        var counts: [Key: (activated: Int, refused: Int)] = [:]
        for (field, value) in stats {
            let parts = field.split(separator: ":")
            guard parts.count == 3, let day = Int(parts[0]), let number = Int(value) else { continue }
            let key = Key(day: day, kind: String(parts[1]))
            if parts[2] == "activated" { counts[key, default: (0, 0)].activated = number }
            if parts[2] == "refused" { counts[key, default: (0, 0)].refused = number }
        }
        // A period that begins on the 15th goes on with the 1st to the 14th.
        let startDay = period.name.startDay
        days = counts.keys.sorted { ($0.order(startDay), $0.kind) < ($1.order(startDay), $1.kind) }.map { key in
            Day(
                day: key.day, kind: key.kind, activated: counts[key]?.activated ?? 0, refused: counts[key]?.refused ?? 0
            )
        }
        // Counted, and nobody knows on which day: tally.lua.
        let unattributed = stats["unattributed"].flatMap { Int($0) } ?? 0
        used = members > 0 ? members : days.reduce(unattributed) { $0 + $1.activated }
    }

    private struct Key: Hashable {
        let day: Int
        let kind: String

        func order(_ startDay: Int) -> Int { day < startDay ? day + 31 : day }
    }
}
