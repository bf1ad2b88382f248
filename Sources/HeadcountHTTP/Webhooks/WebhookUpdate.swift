internal import Headcount

/// One piece of news in a webhook.
enum WebhookUpdate: Equatable, Sendable {
    /// A contact did something that may trigger scenarios.
    case event(InboundEvent)
    /// It is of no use here.
    case ignored(WebhookIgnored)
}

/// An update of one Instagram account.
struct InstagramUpdate: Equatable, Sendable {
    /// `entry.id`, which names the account; nil where it is missing or malformed.
    let entry: String?
    /// What there is to tell.
    let update: WebhookUpdate
}
