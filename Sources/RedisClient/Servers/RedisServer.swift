package import NIOCore
internal import Synchronization

/// One Redis server, and the few shared, pipelined connections to it, opened when first needed.
package final class RedisServer: Sendable {
    package let address: ServerAddress
    private let connections: [RedisConnection]
    /// For what replicas have to confirm, if anything: whoever waits for them holds up nobody else.
    private let confirmed: RedisConnection?
    private let turn = Atomic<Int>(0)

    init(_ address: ServerAddress, role: ServerRole = .data, setup: ServerSetup) {
        self.address = address
        func connection(_ barrier: ReplicationBarrier? = nil) -> RedisConnection {
            RedisConnection(
                to: address, url: setup.url,
                options: .init(
                    clientName: setup.options.clientName, role: role, tls: setup.options.tls, barrier: barrier),
                eventLoop: setup.eventLoopGroup.next(), logger: setup.options.logger, metrics: setup.metrics)
        }
        connections = (0..<max(1, setup.options.connections)).map { _ in connection() }
        confirmed = role == .sentinel ? nil : setup.options.barrier.map { connection($0) }
    }

    /// Sends a command and returns its reply. An error reply is thrown, as `RedisError.Code.server`.
    ///
    /// - Parameter failsFast: throw when an attempt to connect fails, rather than wait for the next until `deadline`.
    package func send(
        _ command: RedisCommand, deadline: NIODeadline, failsFast: Bool = false
    ) async throws(RedisError) -> RedisValue {
        let connection = command.needsReplicas ? confirmed ?? anyConnection : anyConnection
        let reply = try await connection.send(command, deadline: deadline, failsFast: failsFast)
        guard case .error(let text) = reply else { return reply }
        let error = RedisError(reply: text)
        // A primary that was demoted: its name may lead to another server by now.
        if error.code == .server("READONLY") { connection.reconnect(because: error) }
        throw error
    }

    private var anyConnection: RedisConnection {
        let index = connections.count == 1 ? 0 : turn.wrappingAdd(1, ordering: .relaxed).newValue & Int.max
        return connections[index % connections.count]
    }

    private var all: [RedisConnection] { confirmed.map { connections + [$0] } ?? connections }

    /// Whether somebody has been waiting for a reply since the last time this was asked, without any coming.
    func fellSilent() -> Bool {
        all.reduce(false) { $1.fellSilent() || $0 }
    }

    /// Closes the connections; whoever waits for a reply, or comes later, is told why.
    func close(because error: RedisError) {
        for connection in all { connection.close(because: error) }
    }
}
