/// Adds up what came of replaying.
struct JournalTally {
    private struct Key: Hashable {
        let account: String
        let period: PeriodName
    }

    var files: [JournalReport.File] = []
    private let isDryRun: Bool
    private var accounts: [Key: JournalReport.Account] = [:]
    private var problems: [JournalReport.Problem] = []
    /// Who would be new: in a dry run the next call doesn't know of them.
    private var wouldBeNew: [Key: Set<ExactText>] = [:]

    init(isDryRun: Bool) {
        self.isDryRun = isDryRun
    }

    mutating func problem(
        _ file: String, _ line: Int, _ account: String?, _ reason: JournalReport.Problem.Reason, _ detail: String
    ) {
        problems.append(.init(file: file, line: line, account: account, reason: reason, detail: detail))
    }

    mutating func counted(_ entry: JournalEntry, in period: PeriodName, isNew: Bool) {
        let key = Key(account: entry.account, period: period)
        let isKnown = isDryRun && wouldBeNew[key]?.contains(ExactText(entry.contact)) == true
        var row = accounts[key] ?? .init(account: entry.account, period: period)
        row.replayed += 1
        if isNew, !isKnown { row.newlyCounted += 1 } else { row.alreadyCounted += 1 }
        accounts[key] = row
        if isDryRun, isNew { wouldBeNew[key, default: []].insert(ExactText(entry.contact)) }
    }

    /// To be called after ``counted(_:in:isNew:)`` for all that the call was about.
    mutating func stands(_ after: JournalReplayer.After) {
        let key = Key(account: after.account, period: after.period)
        guard var row = accounts[key] else { return }
        // In a dry run Redis's number stays, and what would be new is added to it.
        let used = after.before.used + (isDryRun ? row.newlyCounted : after.newlyCounted.count)
        let limit = after.before.effectiveLimit
        let before = isDryRun ? after.before.used : used - after.newlyCounted.count
        let over = max(0, used - max(before, limit == .max ? used : limit))
        row.overLimit = isDryRun ? over : row.overLimit + over
        row.used = used
        row.limit = limit
        accounts[key] = row
    }

    var report: JournalReport {
        var report = JournalReport()
        report.accounts = accounts.values.sorted {
            ($0.account, $0.period.firstDay) < ($1.account, $1.period.firstDay)
        }
        report.problems = problems
        report.files = files
        return report
    }
}
