import ArgumentParser
import Headcount

struct CampaignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "campaign",
        abstract: "Start, watch, pause and end campaigns. 'headcount worker' sends them.",
        discussion: """
            EXAMPLE
              headcount campaign start acct_42 --id spring --audience audience.csv --action https://example.com/send
            """,
        subcommands: [
            CampaignStartCommand.self, CampaignStatusCommand.self, CampaignListCommand.self, CampaignPauseCommand.self,
            CampaignResumeCommand.self, CampaignCancelCommand.self, CampaignReportCommand.self,
            CampaignRetryCommand.self,
        ])
}

struct CampaignListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List an account's campaigns, newest first.",
        discussion: """
            EXAMPLE
              headcount campaign list acct_42
            """)

    @Argument(help: "Account id.")
    var account: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try Identifier.check(account: account)
        let limiter = try await connection.connect()
        let campaigns = try await limiter.campaigns.list(of: account)
        if output.json {
            for campaign in campaigns { try Terminal.write(JSONLine.text(CampaignDocument(campaign))) }
        } else {
            let zone = try await limiter.plan(of: account).calendar.zone
            try Terminal.write(CampaignText.table(campaigns, in: zone))
        }
        await limiter.close()
    }
}
