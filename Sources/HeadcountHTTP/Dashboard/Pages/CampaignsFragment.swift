internal import Headcount

/// The section of the account's page alone, for its script.
struct CampaignsFragment: Page {
    let frame: PageFrame
    let campaigns: CampaignsView

    init(_ campaigns: [Campaign], of account: String, zone: String, visitor: Visitor) {
        frame = PageFrame(account, visitor: visitor, renderedAt: nil)
        self.campaigns = CampaignsView(campaigns, of: account, zone: zone, visitor: visitor)
    }
}
