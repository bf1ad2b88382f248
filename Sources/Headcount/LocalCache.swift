/// Bounds of what a ``Limiter`` remembers of contacts that are counted already, so that asking again needs no Redis.
///
/// The verdicts are exact, since a counted contact can't be un-counted and nothing is answered from memory once Redis's
/// clock may have reached the period's end. The standing in such a decision (used, limit, remaining) is that of the
/// account's last answer from Redis. Exactness rests on Redis's clock not being set by hand within ``maximumAge``.
public struct LocalCache: Hashable, Sendable {
    /// Most contacts remembered, of all accounts together; about 110 bytes each for ids of 17 digits (measured).
    public var maximumEntries: Int
    /// How long a contact is remembered at most.
    public var maximumAge: Duration

    /// Bounds; by default 100,000 contacts and a minute.
    public init(maximumEntries: Int = 100_000, maximumAge: Duration = .seconds(60)) {
        self.maximumEntries = maximumEntries
        self.maximumAge = maximumAge
    }
}
