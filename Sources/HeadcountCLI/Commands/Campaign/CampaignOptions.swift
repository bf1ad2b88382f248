import ArgumentParser
import Headcount

/// One campaign of an account, for the commands that are about one.
struct CampaignOptions: ParsableArguments {
    @Argument(help: "Account id.")
    var account: String

    @Argument(help: "The campaign's id.")
    var id: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    /// A limiter that has spoken to Redis, once the ids are known to be well formed.
    func connect() async throws -> Limiter {
        try Identifier.check(account: account)
        try Identifier.check(campaign: id)
        return try await connection.connect()
    }

    /// Changes the campaign, and prints the state that it is in then.
    func change(_ work: (Campaigns) async throws -> Void) async throws {
        let limiter = try await connect()
        try await work(limiter.campaigns)
        let campaign = try await limiter.campaigns.campaign(id, of: account)
        try Terminal.write(
            output.json
                ? JSONLine.text(CampaignDocument(campaign))
                : "\(id)\t\(campaign.state.rawValue)\t\(campaign.progress.total)\n")
        await limiter.close()
    }
}
