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
            "Its identity is gone for good, from all months, campaigns and scenarios that are kept. This can’t be undone.",
            "What was counted stays counted, and the same person coming back this month is not counted twice.",
            "Campaigns that have not sent to it yet skip it. Its runs of scenarios end, and its events are forgotten.",
        ]
        actionHref = "\(accountHref)/erase"
        fields = [Field(name: "contact", value: contact)]
        confirmText = "Erase for good"
        cancelText = "Cancel"
        cancelHref = "\(accountHref)#erase"
    }

    /// Asks about the end of a scenario.
    init(removing scenario: Scenario, visitor: Visitor) {
        let active = scenario.progress.active
        frame = PageFrame("Remove the scenario \(scenario.id)", visitor: visitor, renderedAt: nil)
        question = "Remove this scenario?"
        account = scenario.account
        accountHref = DashboardPath.account(scenario.account)
        subject = scenario.id
        sentences = [
            active == 0
                ? "None of its runs is under way as of now."
                : "\(active.grouped) of its runs \(active == 1 ? "is" : "are") under way as of now: "
                    + "nothing more is sent to those contacts.",
            "What contacts were sent stays in their histories. Its dead letters can’t be replayed then.",
            "A scenario that is only to rest can be disabled instead.",
        ]
        actionHref = "\(DashboardPath.scenario(scenario.id, of: scenario.account))/remove"
        fields = []
        confirmText = "Remove the scenario"
        cancelText = "Keep it"
        cancelHref = "\(accountHref)#scenarios"
    }

    /// Asks about the end of a dead letter.
    init(purging letter: DeadLetter, visitor: Visitor) {
        frame = PageFrame("Purge a dead letter of \(letter.account)", visitor: visitor, renderedAt: nil)
        question = "Purge this dead letter?"
        account = letter.account
        accountHref = DashboardPath.account(letter.account)
        subject = letter.contact
        sentences = [
            "Step \(letter.step) of run \(letter.run.grouped) of the scenario \(letter.scenario) "
                + "\(letter.outcome == .failed ? "was not" : "may not have been") sent to this contact.",
            "Without the dead letter it can’t be replayed. This can’t be undone.",
        ]
        actionHref = "\(DashboardPath.deadLetter(letter.id, of: letter.account))/purge"
        fields = []
        confirmText = "Purge for good"
        cancelText = "Keep it"
        cancelHref = "\(accountHref)#dead-letters"
    }
}
