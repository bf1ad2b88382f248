public import EmbeddedRedis

/// redis-cli, as ops use it: a second pair of eyes on what the limiter wrote.
public struct RedisCLI: Sendable {
    /// It could not ask the server.
    public struct Failure: Error, CustomStringConvertible {
        /// What redis-cli said.
        public let description: String
    }

    private let redis: EmbeddedRedis

    /// redis-cli for a server.
    public init(_ redis: EmbeddedRedis) {
        self.redis = redis
    }

    /// Runs one command and returns what redis-cli prints, without the last line end.
    public func run(_ command: String...) async throws -> String {
        let outcome = try await ChildProcess.run(["redis-cli", "-s", redis.socketPath] + command)
        guard outcome.status == 0 else { throw Failure(description: outcome.errors + outcome.output) }
        return outcome.output.hasSuffix("\n") ? String(outcome.output.dropLast()) : outcome.output
    }
}
