import ArgumentParser

/// Where events come from.
enum ChannelKind: String, CaseIterable, ExpressibleByArgument {
    /// Meta's webhooks, at `/webhooks/instagram`.
    case instagram
    /// Anybody's, at `/webhooks/generic/{account}`.
    case generic
}
