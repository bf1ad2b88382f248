import Headcount

/// What came of replaying journals, for people and for machines.
struct JournalReportText {
    private static let mostProblems = 100

    let report: JournalReport
    let isDryRun: Bool

    /// What is not data: files, and what could not be replayed.
    var messages: [String] {
        var messages = report.problems.prefix(Self.mostProblems).map { problem in
            let account = problem.account.map { ", account \($0)" } ?? ""
            return "\(problem.file), line \(problem.line)\(account): \(problem.detail)"
        }
        let left = report.problems.count - messages.count
        if left > 0 { messages.append("… and \(Format.count(left)) lines more, which --json has") }
        messages += report.files.map(Self.message)
        if report.files.isEmpty { messages.append("there is no journal that waits to be replayed") }
        return messages
    }

    private static func message(_ file: JournalReport.File) -> String {
        var text = "\(file.path): \(Format.count(file.entries)) admissions"
        if file.isTorn { text += "; its last line is cut off, and nobody was told of it" }
        if let name = file.renamedTo { text += "; now \(name)" }
        if file.isInUse { text += "; in use by another process, so that it stays: replay again later" }
        return text
    }

    /// A line an account and period.
    var table: String {
        guard !report.accounts.isEmpty else { return "" }
        let header = [
            "ACCOUNT", "PERIOD", "ADMITTED", isDryRun ? "WOULD BE NEW" : "NEW", "COUNTED BEFORE", "OVER LIMIT", "USED",
        ]
        let rows = report.accounts.map { row in
            [
                row.account, row.period.description, Format.count(row.replayed), Format.count(row.newlyCounted),
                Format.count(row.alreadyCounted), Format.count(row.overLimit),
                "\(Format.count(row.used)) of \(Format.count(row.limit))",
            ]
        }
        return Format.table([header] + rows, right: [2, 3, 4, 5])
    }

    private struct Problem: Encodable {
        let file: String
        let line: Int
        let account: String?
        let problem, detail: String
    }

    private struct Account: Encodable {
        let account, period: String
        let replayed, newlyCounted, alreadyCounted, overLimit, used: Int
        let limit: LimitNumber
    }

    private struct Summary: Encodable {
        let dryRun: Bool
        let files, renamed, inUse, torn, replayed, newlyCounted, alreadyCounted, overLimit, notReplayed: Int
    }

    /// An object a problem, one an account and period, and a last one with the sums.
    func json() throws -> String {
        var text = ""
        for problem in report.problems {
            text += try JSONLine.text(
                Problem(
                    file: problem.file, line: problem.line, account: problem.account, problem: problem.reason.rawValue,
                    detail: problem.detail))
        }
        for row in report.accounts {
            text += try JSONLine.text(
                Account(
                    account: row.account, period: row.period.description, replayed: row.replayed,
                    newlyCounted: row.newlyCounted, alreadyCounted: row.alreadyCounted, overLimit: row.overLimit,
                    used: row.used, limit: LimitNumber(row.limit)))
        }
        func sum(_ number: (JournalReport.Account) -> Int) -> Int { report.accounts.reduce(0) { $0 + number($1) } }
        return text
            + (try JSONLine.text(
                Summary(
                    dryRun: isDryRun, files: report.files.count, renamed: report.files.count { $0.renamedTo != nil },
                    inUse: report.files.count { $0.isInUse }, torn: report.files.count { $0.isTorn },
                    replayed: sum(\.replayed), newlyCounted: sum(\.newlyCounted), alreadyCounted: sum(\.alreadyCounted),
                    overLimit: sum(\.overLimit), notReplayed: report.problems.count)))
    }
}
