public import Logging

/// What a ``Limiter`` is set up with. All workers of one Redis should have the same prefix, plans and retention.
public struct LimiterConfiguration: Sendable {
    /// What all keys begin with: 1 to 32 letters, digits, `.`, `_`, `-` and `:`.
    public var prefix = "hc"
    /// The plans there are.
    public var plans = PlanCatalogue.standard
    /// Which kinds of action count.
    public var actionKinds = ActionKinds.standard
    /// How long a call may take, repeats after a broken connection included.
    public var timeout: Duration = .seconds(5)
    /// What `activate` does when Redis can't be asked.
    public var failurePolicy = FailurePolicy.closed
    /// Remembers members of the current period in this process. Nil: Redis is asked each time.
    public var localCache: LocalCache?
    /// How long members stay after their period's end.
    public var retention: Duration = .seconds(45 * 86_400)
    /// How long daily statistics stay after their period's end.
    public var statsRetention: Duration = .seconds(400 * 86_400)
    /// Percentages of the limit at which a notice is due, for accounts that have none of their own: 1 to 100 each. Empty:
    /// no such notices.
    public var noticeThresholds = [80, 100]
    /// The secret with which erased contacts are hashed, 16 bytes or more; the same for all processes. Without one,
    /// ``Limiter/erase(_:in:)`` refuses.
    public var tombstoneKey: String?
    /// When an answer about what was written is given.
    public var durability = Durability.acknowledged
    /// For `rediss://`.
    public var redisTLS = RedisTLSFiles()
    /// Name of the connections in Redis's `CLIENT LIST`.
    public var clientName = "headcount"
    /// Where messages go.
    public var logger = Logger(label: "headcount")

    /// The defaults.
    public init() {}

    func validate() throws(HeadcountError) {
        guard prefix.wholeMatch(of: /[A-Za-z0-9._:-]{1,32}/) != nil else {
            throw HeadcountError(
                .invalidConfiguration, "a key prefix has 1 to 32 of A-Z, a-z, 0-9, . _ - and :", value: prefix)
        }
        guard timeout > .zero, timeout <= .seconds(3600) else {
            throw HeadcountError(.invalidConfiguration, "the timeout must be above 0 and at most an hour")
        }
        if case .replicated(let replicas) = durability, !Durability.replicas.contains(replicas) {
            throw HeadcountError(
                .invalidConfiguration, "1 to 100 replicas can be waited for", value: String(replicas))
        }
        if let localCache, localCache.maximumEntries < 2 || localCache.maximumAge <= .zero {
            throw HeadcountError(
                .invalidConfiguration, "a local cache holds at least 2 contacts, for more than no time")
        }
        let tenYears = Duration.seconds(3_653 * 86_400)
        guard (.zero...tenYears).contains(retention), (.zero...tenYears).contains(statsRetention) else {
            throw HeadcountError(.invalidConfiguration, "a retention is at least 0 and at most ten years")
        }
        try Self.check(thresholds: noticeThresholds)
        if case .open(let bounds) = failurePolicy { try bounds.validate() }
        if let tombstoneKey, tombstoneKey.utf8.count < Tombstones.shortestKey {
            throw HeadcountError(
                .invalidConfiguration,
                "the tombstone key is too short; give \(Tombstones.shortestKey) bytes or more, such as openssl rand -hex 32 prints"
            )
        }
        guard clientName.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw HeadcountError(.invalidConfiguration, "a client name has no spaces", value: clientName)
        }
    }

    static func check(thresholds: [Int]) throws(HeadcountError) {
        if let wrong = thresholds.first(where: { !(1...100).contains($0) }) {
            throw HeadcountError(
                .invalidConfiguration, "a threshold is 1 to 100 percent of the limit", value: String(wrong))
        }
        guard thresholds.count <= 10, Set(thresholds).count == thresholds.count else {
            throw HeadcountError(
                .invalidConfiguration, "give at most 10 thresholds, each once",
                value: thresholds.map(String.init).joined(separator: ","))
        }
    }
}
