import ArgumentParser
import Foundation
import Headcount

struct CampaignReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Say what became of each contact of a campaign, one a line, in no order.",
        discussion: """
            Prints 'CONTACT<TAB>OUTCOME<TAB>REASON<TAB>ATTEMPTS<TAB>AT'. The contact is - where it was erased; --csv
            leaves it empty, and it is null with --json.

            EXAMPLES
              headcount campaign report acct_42 spring --outcome parked
              headcount campaign report acct_42 spring --outcome failed --outcome unknown --csv > open.csv
            """)

    private struct Line: Encodable {
        let contact: Nullable<String>
        let outcome: CampaignOutcome.Outcome
        let reason: String
        let attempts: Int
        let at: Nullable<Date>
    }

    @OptionGroup var campaign: CampaignOptions

    @Option(help: ArgumentHelp("Only contacts with this outcome; may be given several times.", valueName: "outcome"))
    var outcome: [CampaignOutcome.Outcome] = []

    @Flag(help: "Print CSV with a header.")
    var csv = false

    func validate() throws {
        if csv && campaign.output.json { throw ValidationError("--csv and --json exclude each other") }
    }

    func run() async throws {
        let limiter = try await campaign.connect()
        // Goes with the first page, which even an empty campaign has, but not one that there isn't.
        var header = csv ? "contact,outcome,reason,attempts,at\r\n" : ""
        try await limiter.campaigns.forEachPage(of: campaign.id, campaign.account) { _, page in
            let wanted = page.filter { outcome.isEmpty || outcome.contains($0.outcome) }
            try Terminal.write(header + wanted.map { try text($0) }.joined())
            header = ""
        }
        await limiter.close()
    }

    private func text(_ outcome: CampaignOutcome) throws -> String {
        if campaign.output.json {
            return try JSONLine.text(
                Line(
                    contact: Nullable(outcome.contact), outcome: outcome.outcome, reason: outcome.reason,
                    attempts: outcome.attempts, at: Nullable(outcome.at)))
        }
        let fields = [
            outcome.contact ?? (csv ? "" : "-"), outcome.outcome.rawValue, outcome.reason, String(outcome.attempts),
            outcome.at?.formatted(.iso8601) ?? "",
        ]
        return csv ? CSVText.row(fields) : fields.joined(separator: "\t") + "\n"
    }
}
