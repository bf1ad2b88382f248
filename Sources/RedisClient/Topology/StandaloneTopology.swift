internal import NIOCore

/// One server.
final class StandaloneTopology: ServerTopology {
    private let server: RedisServer

    init(_ address: ServerAddress, setup: ServerSetup) {
        server = RedisServer(address, setup: setup)
    }

    func send(
        _ command: RedisCommand, deadline: NIODeadline, failsFast: Bool
    ) async throws(RedisError) -> RedisValue {
        try await server.send(command, deadline: deadline, failsFast: failsFast)
    }

    func masters() -> [RedisServer] { [server] }

    func close(because error: RedisError) { server.close(because: error) }
}
