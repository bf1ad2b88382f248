internal import Foundation
internal import RedisClient

extension Campaign {
    /// What a campaign's keys say.
    struct Stored {
        let fields: [String: String]
        let parked: Int
    }

    /// Nil if the fields are not those of a campaign.
    init?(_ account: String, _ id: String, _ stored: Stored) {
        let fields = stored.fields
        func number(_ name: String) -> Int { fields[name].flatMap { Int($0) } ?? 0 }
        guard let state = fields["state"].flatMap(State.init(rawValue:)), let action = fields["action"] else {
            return nil
        }
        self.account = account
        self.id = id
        self.state = state
        self.action = action
        who = fields["who"] ?? ""
        created = Date(timeIntervalSince1970: TimeInterval(number("created")) / 1_000)
        expires = Date(timeIntervalSince1970: TimeInterval(number("expires")))
        let isOver = state == .cancelled || state == .expired
        let total = number("total")
        let settled =
            number("newlyCounted") + number("alreadyCounted") + number("failed") + number("unknown")
            + number("skipped") + number("attempting")
        let parked = isOver ? 0 : stored.parked
        progress = CampaignProgress(
            total: total,
            waiting: isOver ? 0 : max(0, total - settled - parked),
            sending: number("attempting"),
            newlyCounted: number("newlyCounted"), alreadyCounted: number("alreadyCounted"),
            parked: parked, failed: number("failed"),
            skipped: isOver ? number("skipped") + max(0, total - settled) : number("skipped"),
            unknown: number("unknown"), duplicates: number("duplicates"))
    }
}

extension CampaignOutcome {
    /// A job's text, as claim.lua says. Nil if it is malformed.
    init?(contact: String, job: String, in state: Campaign.State) {
        let parts = job.split(separator: " ", maxSplits: 4).map(String.init)
        guard parts.count >= 4, let attempts = Int(parts[2]) else { return nil }
        let at = parts[0] == "q" ? nil : Double(parts[3]).map { Date(timeIntervalSince1970: $0 / 1_000) }
        let detail = parts.count > 4 ? parts[4] : ""
        self.contact = contact.hasPrefix(Tombstones.prefix) ? nil : contact
        self.attempts = attempts
        let isOver = state == .cancelled || state == .expired
        switch parts[0] {
        case "q", "p", "l":
            self.at = isOver ? nil : at
            if isOver {
                (outcome, reason) = (.skipped, state.rawValue)
            } else if parts[0] == "p" {
                (outcome, reason) = (.parked, Verdict.limitReached.rawValue)
            } else {
                (outcome, reason) = (.waiting, attempts > 0 ? "to be tried again" : "")
            }
        case "a": (outcome, reason, self.at) = (.sending, "", at)
        case "s": (outcome, reason, self.at) = (.sent, detail == "new" ? "newly_counted" : "already_counted", at)
        case "f": (outcome, reason, self.at) = (.failed, detail, at)
        case "u": (outcome, reason, self.at) = (.unknown, detail, at)
        case "k": (outcome, reason, self.at) = (.skipped, detail, at)
        default: return nil
        }
    }
}
