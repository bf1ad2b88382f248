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
                try Terminal.write(JSONLine.text(PeriodDocument(summary, of: account)))
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
