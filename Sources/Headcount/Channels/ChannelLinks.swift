/// Through which channels events reach an account.
public struct ChannelLinks: Hashable, Sendable {
    /// Ids of the account's Instagram professional accounts, as Meta's webhooks have them in `entry.id`, in order.
    public let instagram: [String]
    /// With how many secrets `/webhooks/generic/{account}` may be signed: two while one takes the other's place, 0 if it isn't
    /// linked. Nobody is shown them.
    public let genericSecrets: Int
}
