import ArgumentParser
import Headcount

struct CampaignPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stop sending a campaign until it is resumed; what is under way is finished.",
        discussion: """
            Prints 'ID<TAB>STATE<TAB>CONTACTS'.

            EXAMPLE
              headcount campaign pause acct_42 spring
            """)

    @OptionGroup var campaign: CampaignOptions

    func run() async throws {
        try await campaign.change { try await $0.pause(campaign.id, of: campaign.account) }
    }
}

struct CampaignResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on with a campaign that is paused.",
        discussion: """
            Prints 'ID<TAB>STATE<TAB>CONTACTS'.

            EXAMPLE
              headcount campaign resume acct_42 spring
            """)

    @OptionGroup var campaign: CampaignOptions

    func run() async throws {
        try await campaign.change { try await $0.resume(campaign.id, of: campaign.account) }
    }
}

struct CampaignCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "End a campaign: who was not sent it is skipped; what is under way is finished.",
        discussion: """
            Prints 'ID<TAB>STATE<TAB>CONTACTS'. A campaign that is cancelled can't be resumed.

            EXAMPLE
              headcount campaign cancel acct_42 spring
            """)

    @OptionGroup var campaign: CampaignOptions

    func run() async throws {
        try await campaign.change { try await $0.cancel(campaign.id, of: campaign.account) }
    }
}

struct CampaignRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Try contacts of a campaign once more that failed, or of which nobody knows.",
        discussion: """
            Prints 'ID<TAB>retried<TAB>CONTACTS'. A failed contact was definitely not sent to. One that is unknown may
            have been: with --unknown, it may be sent the message a second time.

            EXAMPLE
              headcount campaign retry acct_42 spring --failed
            """)

    private struct Line: Encodable {
        let account, id: String
        let retried: Int
    }

    @OptionGroup var campaign: CampaignOptions

    @Flag(help: "Contacts that were definitely not sent to.")
    var failed = false

    @Flag(help: "Contacts of which nobody knows: it may be sent to them a second time.")
    var unknown = false

    func validate() throws {
        if !failed && !unknown { throw ValidationError("nobody to try again: give --failed or --unknown") }
    }

    func run() async throws {
        let limiter = try await campaign.connect()
        var outcomes: Set<CampaignOutcome.Outcome> = []
        if failed { outcomes.insert(.failed) }
        if unknown { outcomes.insert(.unknown) }
        let retried = try await limiter.campaigns.retry(outcomes, in: campaign.id, of: campaign.account)
        let line = Line(account: campaign.account, id: campaign.id, retried: retried)
        try Terminal.write(
            campaign.output.json ? JSONLine.text(line) : "\(campaign.id)\tretried\t\(retried)\n")
        await limiter.close()
    }
}
