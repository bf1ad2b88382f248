import Headcount

/// Campaigns for people.
enum CampaignText {
    static func text(_ campaign: Campaign, in zone: String) -> String {
        let progress = campaign.progress
        let sent =
            "\(Format.count(progress.sent)): \(Format.count(progress.newlyCounted)) newly counted, "
            + "\(Format.count(progress.alreadyCounted)) counted before"
        let rows: [[String]] = [
            ["account", campaign.account],
            ["campaign", campaign.id],
            ["state", campaign.state.rawValue],
            ["action", campaign.action],
            ["started by", campaign.who],
            ["created", Format.time(campaign.created, in: zone)],
            ["expires", Format.time(campaign.expires, in: zone)],
            ["contacts", Format.count(progress.total)],
            ["repeats left out", Format.count(progress.duplicates)],
            ["sent", sent],
            ["sending", Format.count(progress.sending)],
            ["waiting", Format.count(progress.waiting)],
            ["parked", Format.count(progress.parked)],
            ["failed", Format.count(progress.failed)],
            ["unknown", Format.count(progress.unknown)],
            ["skipped", Format.count(progress.skipped)],
        ]
        let unreached = progress.parked > 0 ? "\(Format.count(progress.parked)) contacts not reached: limit\n" : ""
        return Format.table(rows) + unreached
    }

    static func table(_ campaigns: [Campaign], in zone: String) -> String {
        let header = [
            "ID", "STATE", "CONTACTS", "SENT", "SENDING", "WAITING", "PARKED", "FAILED", "UNKNOWN", "SKIPPED",
            "CREATED", "BY",
        ]
        let rows = campaigns.map { campaign -> [String] in
            let progress = campaign.progress
            let numbers = [
                progress.total, progress.sent, progress.sending, progress.waiting, progress.parked, progress.failed,
                progress.unknown, progress.skipped,
            ]
            return [campaign.id, campaign.state.rawValue] + numbers.map(Format.count)
                + [Format.time(campaign.created, in: zone), campaign.who]
        }
        return Format.table([header] + rows, right: Set(2...9))
    }
}
