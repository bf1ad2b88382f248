package import Logging

/// What a ``RedisClient`` is set up with.
package struct RedisOptions: Sendable {
    /// Shown to ops in `CLIENT LIST`; no spaces or control characters.
    package var clientName = "headcount"
    /// To each server. Each carries any number of callers at once; one serves a process well.
    package var connections = 1
    package var logger = Logger(label: "headcount.redis")
    /// How many replicas must have confirmed what a script wrote before its reply counts; nil: none.
    package var barrier: ReplicationBarrier?
    /// For `rediss://`; nil: the system's authorities are trusted, and no certificate is shown.
    package var tls: RedisTLS?

    package init() {}
}
