internal import RedisClient

/// When an answer about what was written is given: what it takes to lose what was answered.
public enum Durability: Sendable, Equatable {
    /// Once Redis has done it. A master that dies before a replica that takes its place has heard of it loses it; whether
    /// one that starts again on its own data does is up to its `appendfsync`.
    case acknowledged
    /// Once so many replicas, 1 to 100, have confirmed it, too (`WAIT`). With fewer the call is repeated until its time limit,
    /// then it throws ``HeadcountError/Code/unavailable``, and what was asked for may have been done.
    case replicated(Int)

    /// The longest that Redis waits for its replicas at a time.
    private static let longestWait = Duration.seconds(1)

    /// Reads `acknowledged` or `replicated:N`. Nil for anything else.
    public init?(_ text: String) {
        if text == "acknowledged" {
            self = .acknowledged
            return
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "replicated", let replicas = Int(parts[1]), Self.replicas.contains(replicas)
        else { return nil }
        self = .replicated(replicas)
    }

    static let replicas = 1...100

    /// - Parameter timeout: of a call, which is to have time for another try.
    func barrier(timeout: Duration) -> ReplicationBarrier? {
        guard case .replicated(let replicas) = self else { return nil }
        let wait = min(Self.longestWait, timeout / 3)
        return ReplicationBarrier(replicas: replicas, milliseconds: max(1, wait.milliseconds))
    }
}
