internal import Foundation

/// A campaign and how far it is, as the command line and the HTTP API write it.
package struct CampaignDocument: Encodable, Sendable {
    let account, id, action, who: String
    let state: Campaign.State
    let created, expires: Date
    let total, waiting, sending, sent, newlyCounted, alreadyCounted: Int
    let parked, failed, skipped, unknown, duplicates: Int

    package init(_ campaign: Campaign) {
        account = campaign.account
        id = campaign.id
        state = campaign.state
        action = campaign.action
        who = campaign.who
        created = campaign.created
        expires = campaign.expires
        let progress = campaign.progress
        total = progress.total
        waiting = progress.waiting
        sending = progress.sending
        sent = progress.sent
        newlyCounted = progress.newlyCounted
        alreadyCounted = progress.alreadyCounted
        parked = progress.parked
        failed = progress.failed
        skipped = progress.skipped
        unknown = progress.unknown
        duplicates = progress.duplicates
    }
}
