internal import Headcount

/// An account's campaigns, newest first.
struct CampaignsView {
    static let maximum = 20

    /// Where the section is fetched from again; nil where no campaign moves.
    let campaignsHref: String?
    let hasCampaigns: Bool
    let list: [CampaignView]
    /// What to do to see the rest; nil where there is none.
    let listCommand: String?
    /// How the first campaign is started.
    let startCommand: String

    init(_ campaigns: [Campaign], of account: String, zone: String, visitor: Visitor) {
        let shown = campaigns.prefix(Self.maximum)
        campaignsHref =
            shown.contains { $0.state == .loading || $0.state == .running } ? DashboardPath.campaigns(of: account) : nil
        hasCampaigns = !shown.isEmpty
        list = shown.map { CampaignView($0, zone: zone, visitor: visitor) }
        // An account id has no characters that mean something to a shell.
        listCommand = campaigns.count > shown.count ? "headcount campaign list \(account)" : nil
        startCommand =
            "headcount campaign start \(account) --id spring --audience audience.csv --action https://example.com/send"
    }
}
