public import Foundation

/// A message to an audience: each of its contacts is sent it at most once, if the account's limit allows.
public struct Campaign: Hashable, Sendable {
    /// Where a campaign is.
    public enum State: String, Sendable, CaseIterable, Codable {
        /// Its audience is being loaded; nothing is sent yet.
        case loading
        /// Workers send it.
        case running
        /// Nothing is sent until it is resumed.
        case paused
        /// Ended by somebody; who was not sent it is skipped.
        case cancelled
        /// Its time is over; who was not sent it is skipped.
        case expired
        /// Everybody has an outcome.
        case finished
    }

    /// The account.
    public let account: String
    /// 1 to 64 letters, digits, `.`, `_` and `-`.
    public let id: String
    /// Where it is.
    public let state: State
    /// The URL that is called for each contact.
    public let action: String
    /// Who started it.
    public let who: String
    /// When it was made.
    public let created: Date
    /// When what is not sent is given up.
    public let expires: Date
    /// How far it is.
    public let progress: CampaignProgress
}

/// How far a campaign is, in contacts. ``total`` is the sum of all but ``newlyCounted``, ``alreadyCounted`` and
/// ``duplicates``.
public struct CampaignProgress: Hashable, Sendable {
    /// Distinct contacts in the audience.
    public let total: Int
    /// Not attempted yet, or to be tried again.
    public let waiting: Int
    /// Being attempted.
    public let sending: Int
    /// Accepted by the action: ``newlyCounted`` and ``alreadyCounted`` together.
    public var sent: Int { newlyCounted + alreadyCounted }
    /// Sent to, and counted by it.
    public let newlyCounted: Int
    /// Sent to, and counted before in the month.
    public let alreadyCounted: Int
    /// Refused by the limit: they wait for it to rise, or for the next month.
    public let parked: Int
    /// Definitely not sent.
    public let failed: Int
    /// Not sent since the campaign was cancelled or has expired, or since the contact was erased.
    public let skipped: Int
    /// Attempted, and nobody knows whether it was sent.
    public let unknown: Int
    /// Lines of the audience that named a contact again.
    public let duplicates: Int
}

/// What became of one contact of a campaign.
public struct CampaignOutcome: Hashable, Sendable {
    /// What became of it.
    public enum Outcome: String, Sendable, CaseIterable, Codable {
        case waiting, sending, sent, parked, failed, skipped, unknown
    }

    /// The contact; nil if it was erased.
    public let contact: String?
    /// What became of it.
    public let outcome: Outcome
    /// Why: `newly_counted` or `already_counted` of one that was sent; the status or fault of one that was not.
    public let reason: String
    /// How often it was attempted.
    public let attempts: Int
    /// When that happened; nil of one that waits.
    public let at: Date?
}

/// What a campaign would come to, if it were started now.
public struct CampaignForecast: Hashable, Sendable {
    /// Distinct contacts in the audience.
    public let total: Int
    /// Those that are not counted yet in the period.
    public let newActivations: Int
    /// How many more contacts can be counted; `Int.max` where no limit applies.
    public let remaining: Int

    package init(total: Int, newActivations: Int, remaining: Int) {
        self.total = total
        self.newActivations = newActivations
        self.remaining = remaining
    }
}

extension Identifier {
    /// Throws ``HeadcountError/Code/invalidCampaign`` unless `campaign` is 1 to 64 letters, digits, `.`, `_` and `-`, with a
    /// letter or digit first.
    package static func check(campaign: String) throws(HeadcountError) {
        guard campaign.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,63}/) != nil else {
            throw HeadcountError(
                .invalidCampaign,
                "a campaign's id has 1 to 64 of A-Z, a-z, 0-9, . _ and -, with a letter or digit first", value: campaign
            )
        }
    }

    /// Throws `code` unless `url` is one that can be called.
    package static func check(url: String, _ code: HeadcountError.Code) throws(HeadcountError) {
        guard let parts = URL(string: url), ["http", "https"].contains(parts.scheme), let host = parts.host(),
            !host.isEmpty, url.utf8.count <= 2_048, url.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw HeadcountError(code, "no URL; give one such as https://example.com/send", value: url)
        }
    }
}
