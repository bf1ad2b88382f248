import ArgumentParser
import Foundation
import Headcount

struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage",
        abstract: "Show how many contacts an account has used, and how many are left.",
        discussion: """
            EXAMPLE
              headcount usage acct_42 --period 2026-11
            """)

    @Argument(help: "Account id.")
    var account: String

    @Option(
        help: ArgumentHelp(
            "The period that began in that month, or on that day. Default: the current one.", valueName: "YYYY-MM[-DD]")
    )
    var period: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try Identifier.check(account: account)
        let limiter = try await connection.connect()
        let usage = try await limiter.usage(of: account, period: period)
        try Terminal.write(output.json ? JSONLine.text(UsageDocument(usage)) : Self.text(usage))
        await limiter.close()
    }

    private static func text(_ usage: Usage) -> String {
        let percent = usage.percentUsed.map { " (\($0) %)" } ?? ""
        return Format.table([
            ["account", usage.account],
            ["plan", "\(usage.plan), \(usage.mode.rawValue)"],
            ["period", usage.period.description],
            ["resets at", Format.time(usage.resetsAt, in: usage.calendar.zone)],
            [
                "used",
                "\(Format.count(usage.used)) of \(Format.count(usage.limit))\(percent)\(usage.overLimit ? ", over the limit" : "")",
            ],
            ["held", Format.count(usage.held)],
            ["remaining", Format.count(usage.remaining)],
            ["refused", "about \(Format.count(usage.refusedContacts)) contacts"],
        ])
    }
}
