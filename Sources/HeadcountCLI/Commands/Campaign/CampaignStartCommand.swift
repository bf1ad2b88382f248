import ArgumentParser
import Foundation
import Headcount

struct CampaignStartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Load an audience, and start a campaign that sends each of its contacts a message.",
        discussion: """
            'headcount worker' sends it: a POST to the action's URL for each contact, if the account's limit allows.
            Prints 'ID<TAB>running<TAB>CONTACTS'; a contact that the audience names again is left out.

            A bad line is reported with its number, and nothing is started then, exit status 65, unless --skip-bad is
            given. --dry-run starts nothing: it says how many contacts would have to be activated and how many are left,
            exit status 3 when the limit would refuse some.

            EXAMPLES
              headcount campaign start acct_42 --id spring --audience audience.csv --action https://example.com/send
              headcount campaign start acct_42 --id spring --audience a.csv --action https://example.com/send --dry-run
            """)

    @Argument(help: "Account id.")
    var account: String

    @Option(
        help: ArgumentHelp(
            "What the campaign is called: 1 to 64 of A-Z a-z 0-9 . _ -, another for each.", valueName: "id"))
    var id: String

    @Option(
        help: ArgumentHelp(
            "Who is sent it: contacts from a file, or from standard input with '-'.", valueName: "file|-"),
        completion: .file())
    var audience: String

    @OptionGroup var written: AudienceFormatOptions

    @Option(help: ArgumentHelp("The URL that is called for each contact.", valueName: "url"))
    var action: String

    @Option(
        help: ArgumentHelp(
            "When what is not sent is given up: 2027-06-30, the last day in UTC, or 2027-06-30T12:00:00Z; "
                + "within a year. Default: in 45 days.",
            valueName: "date"))
    var expires: String?

    @Flag(help: "Say what it would come to, and start nothing.")
    var dryRun = false

    @Flag(help: "Leave bad lines out, instead of starting nothing.")
    var skipBad = false

    @Flag(help: "Pause it as soon as it is started: 'headcount campaign resume' lets it go on.")
    var pause = false

    @Option(help: ArgumentHelp("Who starts it. Default: the user's name.", valueName: "name"))
    var who: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try Identifier.check(account: account)
        try Identifier.check(campaign: id)
        try Identifier.check(url: action, .invalidCampaign)
        let expiresAt = try expires.map(ExpiryDate.instant)
        // A file that isn't there is said before anything is made.
        let audience = try written.audience(at: self.audience)
        let limiter = try await connection.connect()
        if dryRun {
            let rehearsal = CampaignDryRun(account: account, limiter: limiter, skipsBad: skipBad, isJSON: output.json)
            try await rehearsal.run(audience)
        } else {
            let start = CampaignStart(
                account: account, id: id, action: action, expires: expiresAt, who: who ?? UserName.current,
                skipsBad: skipBad, pauses: pause, campaigns: limiter.campaigns)
            let total = try await start.run(audience)
            let state: Campaign.State = pause ? .paused : .running
            try await Terminal.write(
                output.json
                    ? JSONLine.text(CampaignDocument(limiter.campaigns.campaign(id, of: account)))
                    : "\(id)\t\(state.rawValue)\t\(total)\n")
        }
        await limiter.close()
    }
}
