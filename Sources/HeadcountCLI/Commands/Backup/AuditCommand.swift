import ArgumentParser
import Headcount

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Compare what is kept of accounts: counts, statistics, held slots, lists, expiries.",
        discussion: """
            Works while they are in use: what looks wrong is read again before it is reported. --mend puts right what is
            certain, and never takes out a counted contact. Exit status 1 when something is left that is wrong.

            EXAMPLES
              headcount audit acct_42
              headcount audit --all --mend
            """)

    @OptionGroup var choice: AccountChoice

    @Flag(help: "Mend what can be mended.")
    var mend = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let account, period: Nullable<String>
        let check: AuditCheck
        let wrong: Bool
        let what, means: String
        let mend: Nullable<String>
        let advice: String
        let mended: Bool

        init(_ finding: AuditFinding) {
            account = Nullable(finding.subject.account)
            period = Nullable(finding.subject.period?.description)
            check = finding.subject.check
            wrong = finding.isWrong
            what = finding.what
            means = finding.means
            mend = Nullable(finding.remedy?.text)
            advice = finding.advice
            mended = finding.isMended
        }
    }

    func run() async throws {
        let limiter = try await connection.connect()
        let report = try await limiter.audit(choice.chosen, mends: mend)
        await limiter.close()
        for finding in report.findings {
            try Terminal.write(output.json ? JSONLine.text(Line(finding)) : text(finding))
        }
        let left = report.findings.filter { $0.isWrong && !$0.isMended }.count
        let accounts = "\(Format.count(report.accounts)) \(report.accounts == 1 ? "account" : "accounts")"
        guard !report.isAnythingLeft else {
            throw Failure(
                "\(accounts): \(Format.count(left)) \(left == 1 ? "finding is" : "findings are") wrong"
                    + (mend ? " and could not be mended" : ""), .failure)
        }
        Terminal.say("\(accounts): nothing is wrong\(mend ? " any more" : "")")
    }

    private func text(_ finding: AuditFinding) -> String {
        let subject = finding.subject
        let state = finding.isMended ? "mended" : finding.isWrong ? "wrong" : "information"
        let place = [subject.account, subject.period?.description].compactMap { $0 }.joined(separator: " ")
        var lines = [
            "\(place.isEmpty ? "no account" : place)  \(subject.check.rawValue)  \(state): \(finding.what.onOneLine)"
        ]
        lines.append("    \(finding.means)")
        if let remedy = finding.remedy {
            lines.append("    \(finding.isMended ? "mended" : "--mend"): \(remedy.text)")
        } else if !finding.advice.isEmpty {
            lines.append("    can't be mended: \(finding.advice)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
