/// Where webhooks come from.
enum WebhookChannel: String, CaseIterable, Sendable {
    /// Meta's, of Instagram accounts.
    case instagram
    /// Anybody's, of an account that shares a secret with them.
    case generic
}
