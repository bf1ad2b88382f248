public import EmbeddedRedis

/// redis-cli, as ops use it: a second pair of eyes on what the limiter wrote.
public struct RedisCLI: Sendable {
    private let redis: EmbeddedRedis

    /// redis-cli for a server.
    public init(_ redis: EmbeddedRedis) {
        self.redis = redis
    }

    /// Runs one command and returns what redis-cli prints, without the last line end.
    public func run(_ command: String...) async throws -> String {
        let outcome = try await ChildProcess.run(["redis-cli", "-s", redis.socketPath] + command)
        return outcome.output.hasSuffix("\n") ? String(outcome.output.dropLast()) : outcome.output
    }
}
