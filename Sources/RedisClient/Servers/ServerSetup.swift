internal import NIOCore

/// What the connections to all servers of a Redis have in common.
struct ServerSetup: Sendable {
    /// Who calls, and whether by TLS.
    let url: RedisURL
    let options: RedisOptions
    let eventLoopGroup: any EventLoopGroup
    let metrics: ConnectionMetrics
}
