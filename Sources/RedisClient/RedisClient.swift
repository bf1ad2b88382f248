package import Logging
package import NIOCore
internal import NIOPosix
internal import Synchronization

/// A client of one Redis: a few shared, pipelined connections, opened when first needed.
package final class RedisClient: Sendable {
    package struct Options: Sendable {
        /// Shown to ops in `CLIENT LIST`; no spaces or control characters.
        package var clientName = "headcount"
        /// Each carries any number of callers at once; one serves a process well.
        package var connections = 1
        package var logger = Logger(label: "headcount.redis")
        /// For `rediss://`; nil: the system's authorities are trusted, and no certificate is shown.
        package var tls: RedisTLS?

        package init() {}
    }

    package let url: RedisURL
    private let connections: [RedisConnection]
    private let turn = Atomic<Int>(0)

    package init(
        url: RedisURL, options: Options = Options(),
        eventLoopGroup: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup
    ) {
        self.url = url
        let metrics = ConnectionMetrics()
        connections = (0..<max(1, options.connections)).map { _ in
            RedisConnection(
                url: url, options: .init(clientName: options.clientName, tls: options.tls),
                eventLoop: eventLoopGroup.next(),
                logger: options.logger, metrics: metrics)
        }
    }

    /// Sends a command and returns its reply. An error reply is thrown, as `RedisError.Code.server`.
    ///
    /// - Parameter failsFast: throw when an attempt to connect fails, rather than wait for the next until `deadline`.
    package func send(
        _ command: RedisCommand, deadline: NIODeadline, failsFast: Bool = false
    ) async throws(RedisError) -> RedisValue {
        let index = connections.count == 1 ? 0 : turn.wrappingAdd(1, ordering: .relaxed).newValue & Int.max
        let connection = connections[index % connections.count]
        let reply = try await connection.send(command, deadline: deadline, failsFast: failsFast)
        guard case .error(let text) = reply else { return reply }
        let error = RedisError(reply: text)
        // A primary that was demoted: its name may lead to another server by now.
        if error.code == .server("READONLY") { connection.reconnect(because: error) }
        throw error
    }

    /// Runs a script by its hash, and once by its source if Redis doesn't know the hash.
    package func run(
        _ script: RedisScript, _ call: ScriptCall, deadline: NIODeadline
    ) async throws(RedisError) -> RedisValue {
        do {
            return try await send(call.command("EVALSHA", script.hash), deadline: deadline)
        } catch  where error.code == .server("NOSCRIPT") {
            return try await send(call.command("EVAL", script.source), deadline: deadline)
        }
    }

    /// Closes the connections; whoever waits for a reply gets an error.
    package func close() {
        for connection in connections { connection.close() }
    }

    deinit { close() }
}
