import ArgumentParser
import Foundation
import Headcount

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show an account's months, newest first.",
        discussion: """
            EXAMPLE
              headcount history acct_42
            """)

    private struct Line: Encodable {
        let account, period: String
        let used, refusedContacts, refusals: Int
        let activatedByKind: [String: Int]
        let startsAt, resetsAt: Date
    }

    @Argument(help: "Account id.")
    var account: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try Identifier.check(account: account)
        let limiter = try await connection.connect()
        let history = try await limiter.history(of: account)
        if output.json {
            for summary in history {
                let line = Line(
                    account: account, period: summary.period.description, used: summary.used,
                    refusedContacts: summary.refusedContacts, refusals: summary.refusals,
                    activatedByKind: summary.activatedByKind, startsAt: summary.period.start,
                    resetsAt: summary.period.end)
                try Terminal.write(JSONLine.text(line))
            }
        } else {
            let rows = history.map { summary in
                let kinds = summary.activatedByKind.sorted { $0.key < $1.key }
                return [
                    summary.period.description, Format.count(summary.used), Format.count(summary.refusedContacts),
                    kinds.map { "\($0.key) \(Format.count($0.value))" }.joined(separator: ", "),
                ]
            }
            try Terminal.write(
                Format.table([["PERIOD", "USED", "REFUSED (ABOUT)", "BY KIND"]] + rows, right: [1, 2]))
        }
        await limiter.close()
    }
}
