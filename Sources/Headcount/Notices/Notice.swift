public import Foundation

/// Something that an account's people want to be told.
public struct Notice: Hashable, Sendable {
    /// What happened.
    public enum Event: String, Sendable, CaseIterable, Codable {
        /// The count has reached a percentage of the limit.
        case thresholdReached = "threshold.reached"
        /// The count has reached the limit.
        case limitReached = "limit.reached"
        /// Limit or mode were changed, or are to change at the period's end.
        case limitChanged = "limit.changed"
        /// A new period has begun, for an account that was active in the one before.
        case periodStarted = "period.started"
        /// Somebody tries out the URL.
        case test
    }

    /// Where its delivery is.
    public enum Status: String, Sendable, CaseIterable, Codable {
        /// Not delivered yet.
        case pending
        /// The URL accepted it.
        case delivered
        /// Given up after many attempts.
        case failed
        /// There was no URL to deliver it to.
        case noURL = "no_url"
    }

    /// Names it within the account; the same for each attempt.
    public let id: String
    /// The account.
    public let account: String
    /// What happened.
    public let event: Event
    /// When it happened, by Redis's clock.
    public let at: Date
    /// Where its delivery is.
    public let status: Status
    /// How often its delivery was attempted.
    public let attempts: Int
    /// What came of the last attempt: a status or a fault; empty before the first.
    public let detail: String
    /// When it is to be tried again; nil if it isn't.
    public let due: Date?
    /// More about it: `period`, `threshold`, `limit`, `used` and others, as the scripts wrote them.
    public let fields: [String: String]

    package init(
        id: String, account: String, event: Event, at: Date, status: Status, attempts: Int, detail: String, due: Date?,
        fields: [String: String]
    ) {
        self.id = id
        self.account = account
        self.event = event
        self.at = at
        self.status = status
        self.attempts = attempts
        self.detail = detail
        self.due = due
        self.fields = fields
    }
}

/// What an account's people are told, and where.
public struct NoticeSettings: Hashable, Sendable {
    /// Percentages of the limit, 1 to 100, each once; nil: those of the configuration.
    public var thresholds: [Int]?
    /// The URL to which notices go; nil: that of the configuration.
    public var url: String?

    /// Settings of an account.
    public init(thresholds: [Int]? = nil, url: String? = nil) {
        self.thresholds = thresholds
        self.url = url
    }
}
