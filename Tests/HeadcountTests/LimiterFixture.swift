import Headcount
import HeadcountTesting

/// A limiter on a redis-server of its own.
func withLimiter(
    _ configuration: EmbeddedRedis.Configuration = .init(), timeout: Duration = .seconds(20),
    _ body: (Limiter, EmbeddedRedis) async throws -> Void
) async throws {
    let redis = try await EmbeddedRedis.start(configuration: configuration)
    defer { redis.stop() }
    var settings = LimiterConfiguration()
    settings.timeout = timeout
    settings.tombstoneKey = "a key of the tests' own"
    let limiter = try await Limiter.connect(to: redis.url, configuration: settings)
    try await body(limiter, redis)
    await limiter.close()
}
