internal import Foundation
internal import Headcount

/// One contact of an account: why it got an answer, or none.
struct ContactPage: Page {
    let frame: PageFrame
    let account, accountHref, contactsHref: String
    let contact: String
    let facts: [AccountPage.Fact]
    let hasRuns: Bool
    let runs: [ContactRunView]
    let hasRecords: Bool
    /// Newest first.
    let records: [ContactRecordView]
    let timesText: String

    init(_ facts: ContactFacts, visitor: Visitor) {
        let (account, zone) = (facts.account, facts.zone)
        // Titles are shown in more places than pages: it is without the contact.
        frame = PageFrame("A contact of \(account)", visitor: visitor, renderedAt: facts.now)
        self.account = account
        accountHref = DashboardPath.account(account)
        contactsHref = DashboardPath.contacts(of: account)
        contact = facts.history.contact
        let counted = ContactAnswer(contact, isCounted: facts.isCounted, in: facts.usage, isCurrent: true)
        self.facts =
            [
                AccountPage.Fact(
                    label: "In \(facts.usage.period.text(in: zone))",
                    valueText: facts.isCounted ? "Counted" : "Not counted", noteText: counted.explanation),
                Self.lastEvent(facts),
            ] + ReplyWindows.facts(facts)
        runs = facts.history.runs.map { run in
            ContactRunView(run, of: facts.scenarios.first { $0.id == run.scenario }, facts)
        }
        hasRuns = !runs.isEmpty
        records = facts.history.records.flatMap { ContactRecordView.lines($0, zone: zone) }
        hasRecords = !records.isEmpty
        timesText = "Newest first, times in \(zone)"
    }

    private static func lastEvent(_ facts: ContactFacts) -> AccountPage.Fact {
        guard let last = facts.history.lastEvent else {
            return AccountPage.Fact(label: "Last event", valueText: "None", noteText: "in the last 45 days")
        }
        return AccountPage.Fact(
            label: "Last event", valueText: DateText(last, in: facts.zone).dayAndTime, noteText: facts.zone)
    }
}
