internal import NIOCore

/// The servers of a Redis, and how a command finds the right one.
protocol ServerTopology: Sendable {
    /// Sends a command to the server that has its key, or to any if it has none.
    ///
    /// - Parameter failsFast: throw when an attempt to connect fails, rather than wait for the next until `deadline`.
    func send(
        _ command: RedisCommand, deadline: NIODeadline, failsFast: Bool
    ) async throws(RedisError) -> RedisValue

    /// The servers that take writes, each with a part of the keys.
    func masters() async throws(RedisError) -> [RedisServer]

    /// The master that a Sentinel names, if one has been asked.
    var namedMaster: ServerAddress? { get }

    /// Closes all connections; whoever waits for a reply, or comes later, is told why.
    func close(because error: RedisError)
}

extension ServerTopology {
    var namedMaster: ServerAddress? { nil }
}
