internal import Foundation
internal import Headcount

/// A campaign and how far it is, for people.
struct CampaignView {
    struct Number {
        let label, valueText: String
    }

    /// A button, and the last part of the path that it posts to.
    struct Action {
        let text, verb: String
        /// Whether it is asked for confirmation.
        var asksFirst = false

        static let pause = Action(text: "Pause", verb: "pause")
        static let resume = Action(text: "Resume", verb: "resume")
        static let cancel = Action(text: "Cancel", verb: "cancel", asksFirst: true)
    }

    /// Tells of the contacts that the limit refused.
    struct LimitBanner {
        let limitText: String
        let mayUpgrade: Bool
        let limitActions: [Action]
    }

    let id, campaignHref, state: String
    let sentText, percentText, fillWidth: String
    let numbers: [Number]
    let created, createdText, expires, expiresText: String
    /// Nil where it refused none.
    let limitBanner: LimitBanner?
    let actions: [Action]

    init(_ campaign: Campaign, zone: String, visitor: Visitor) {
        let progress = campaign.progress
        let (sent, total) = (progress.sent, progress.total)
        id = campaign.id
        campaignHref = DashboardPath.campaign(campaign.id, of: campaign.account)
        state = campaign.state.rawValue
        sentText = "\(sent.grouped) of \(total.grouped) sent"
        percentText = total == 0 ? "" : "\(sent * 100 / total) %"
        // Nothing of nothing would fill the bar.
        fillWidth = total == 0 ? "0%" : Percentage.text(sent, of: total)
        numbers = [
            ("Newly counted", progress.newlyCounted), ("Already counted", progress.alreadyCounted),
            ("Parked", progress.parked), ("Failed", progress.failed), ("Skipped", progress.skipped),
            ("Unknown", progress.unknown),
        ].map { Number(label: $0, valueText: $1.grouped) }
        created = campaign.created.formatted(.iso8601)
        createdText = DateText(campaign.created, in: zone).dayAndTime
        expires = campaign.expires.formatted(.iso8601)
        expiresText = DateText(campaign.expires, in: zone).dayAndTime
        let isParked = progress.parked > 0
        // Those of a paused campaign with a banner go on from there.
        let resumeActions = visitor.isAdmin && campaign.state == .paused ? [Action.resume] : []
        let otherActions = visitor.isAdmin ? Self.actions(besidesResume: campaign.state) : []
        limitBanner =
            isParked
            ? LimitBanner(
                limitText: "\(progress.parked.grouped) contact\(progress.parked == 1 ? "" : "s") not reached: limit",
                mayUpgrade: visitor.isAdmin, limitActions: resumeActions) : nil
        actions = isParked ? otherActions : resumeActions + otherActions
    }

    private static func actions(besidesResume state: Campaign.State) -> [Action] {
        switch state {
        case .running: [.pause, .cancel]
        case .loading, .paused: [.cancel]
        case .cancelled, .expired, .finished: []
        }
    }
}
