internal import Headcount

/// Asks whether what can't be undone is really to be done, and says what that means.
struct ConfirmPage: Page {
    struct Field {
        let name, value: String
    }

    let frame: PageFrame
    let question, account, accountHref: String
    /// Who or what it is about.
    let subject: String
    let sentences: [String]
    let actionHref: String
    let fields: [Field]
    let confirmText, cancelText, cancelHref: String

    /// Asks about the end of a campaign.
    init(cancelling campaign: Campaign, visitor: Visitor) {
        let progress = campaign.progress
        frame = PageFrame("Cancel the campaign \(campaign.id)", visitor: visitor, renderedAt: nil)
        question = "Cancel this campaign?"
        account = campaign.account
        accountHref = DashboardPath.account(campaign.account)
        subject = campaign.id
        sentences = [
            "\(progress.sent.grouped) of \(progress.total.grouped) contacts were sent it. Those who wait are skipped, "
                + "\((progress.waiting + progress.parked).grouped) as of now; what is under way is finished.",
            "A campaign that is cancelled can’t be resumed.",
        ]
        actionHref = "\(DashboardPath.campaign(campaign.id, of: campaign.account))/cancel"
        fields = []
        confirmText = "Cancel the campaign"
        cancelText = "Keep it"
        cancelHref = "\(accountHref)#campaigns"
    }

    /// Asks about the end of a contact's identity.
    init(erasing contact: String, in account: String, visitor: Visitor) {
        frame = PageFrame("Erase a contact of \(account)", visitor: visitor, renderedAt: nil)
        question = "Erase this contact?"
        self.account = account
        accountHref = DashboardPath.account(account)
        subject = contact
        sentences = [
            "Its identity is gone for good, from every month and every campaign that is kept. This can’t be undone.",
            "What was counted stays counted, and the same person coming back this month is not counted twice.",
            "Campaigns that have not sent to it yet skip it.",
        ]
        actionHref = "\(accountHref)/erase"
        fields = [Field(name: "contact", value: contact)]
        confirmText = "Erase for good"
        cancelText = "Cancel"
        cancelHref = "\(accountHref)#erase"
    }
}
