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
    /// Remembers members of the current period in this process. Nil: Redis is asked each time.
    public var localCache: LocalCache?
    /// How long members stay after their period's end.
    public var retention: Duration = .seconds(45 * 86_400)
    /// How long daily statistics stay after their period's end.
    public var statsRetention: Duration = .seconds(400 * 86_400)
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
        if let localCache, localCache.maximumEntries < 2 || localCache.maximumAge <= .zero {
            throw HeadcountError(
                .invalidConfiguration, "a local cache holds at least 2 contacts, for more than no time")
        }
        let tenYears = Duration.seconds(3_653 * 86_400)
        guard (.zero...tenYears).contains(retention), (.zero...tenYears).contains(statsRetention) else {
            throw HeadcountError(.invalidConfiguration, "a retention is at least 0 and at most ten years")
        }
        guard clientName.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw HeadcountError(.invalidConfiguration, "a client name has no spaces", value: clientName)
        }
    }
}
