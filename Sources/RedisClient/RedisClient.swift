package import NIOCore
internal import NIOPosix

/// A client of a Redis: of one server, of a Redis Cluster, or of the master that a Sentinel names.
package final class RedisClient: Sendable {
    package let url: RedisURL
    private let topology: any ServerTopology

    package init(
        url: RedisURL, options: RedisOptions = RedisOptions(),
        eventLoopGroup: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup
    ) {
        self.url = url
        let setup = ServerSetup(
            url: url, options: options, eventLoopGroup: eventLoopGroup, metrics: ConnectionMetrics())
        topology =
            switch url.topology {
            case .standalone(let address): StandaloneTopology(address, setup: setup)
            case .cluster(let nodes): ClusterTopology(seeds: nodes, setup: setup)
            case .sentinel(let sentinels, let master):
                SentinelTopology(sentinels: sentinels, name: master, setup: setup)
            }
    }

    /// Sends a command and returns its reply. An error reply is thrown, as `RedisError.Code.server`.
    ///
    /// - Parameter failsFast: throw when an attempt to connect fails, rather than wait for the next until `deadline`. It
    ///   always throws then when there are several servers: another may have taken the place of one that is gone.
    package func send(
        _ command: RedisCommand, deadline: NIODeadline, failsFast: Bool = false
    ) async throws(RedisError) -> RedisValue {
        try await topology.send(command, deadline: deadline, failsFast: failsFast)
    }

    /// The servers that take writes, each with a part of the keys: one, or all masters of a Redis Cluster.
    package func masters() async throws(RedisError) -> [RedisServer] {
        try await topology.masters()
    }

    /// Runs a script by its hash, and once by its source if Redis doesn't know the hash.
    package func run(
        _ script: RedisScript, _ call: ScriptCall, deadline: NIODeadline
    ) async throws(RedisError) -> RedisValue {
        do {
            return try await send(call.byHash(script), deadline: deadline)
        } catch  where error.code == .server("NOSCRIPT") {
            return try await send(call.bySource(script), deadline: deadline)
        }
    }

    /// A command as a line for a shell.
    ///
    /// - Parameter tls: redis-cli's arguments for `rediss://`.
    package func redisCLILine(_ command: [String], tls: [String]) -> String {
        RedisCLILine.text(url, command, master: topology.namedMaster, tls: tls)
    }

    /// Closes the connections; whoever waits for a reply gets an error.
    package func close() {
        topology.close(because: RedisError(.closed, "the connection to Redis was closed by this process"))
    }

    deinit { close() }
}
