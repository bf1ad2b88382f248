import EmbeddedRedis
import Headcount
import RedisClient

/// The Redis that is measured: one of the bench's own, with the settings of config/redis.conf, or a given one.
struct BenchServer {
    let url: String
    let socketPath: String
    private let embedded: EmbeddedRedis?

    init(url: String?) async throws {
        guard let url else {
            var configuration = EmbeddedRedis.Configuration()
            // No rewrites of the file meanwhile: they would fall to one side or the other by chance.
            configuration.arguments = [
                "--appendonly", "yes", "--appendfsync", "everysec", "--auto-aof-rewrite-percentage", "0",
            ]
            let redis: EmbeddedRedis
            do { redis = try await EmbeddedRedis.start(configuration: configuration) } catch {
                throw Failure("\(error)", .unavailable)
            }
            embedded = redis
            self.url = redis.url
            socketPath = redis.socketPath
            return
        }
        embedded = nil
        self.url = url
        guard case .standalone(.unixSocket(let path)) = try? RedisURL(url).topology else {
            throw Failure("--redis \(url): the benchmark wants a unix socket, redis+unix:///path", .usage)
        }
        socketPath = path
    }

    /// A limiter whose accounts have a limit that no load reaches.
    static func limiter(_ url: String, _ cache: LocalCache? = nil) async throws -> Limiter {
        var configuration = LimiterConfiguration()
        let plan = Plan(name: "bench", limit: 1_000_000_000)
        configuration.plans = try PlanCatalogue(plans: [plan], defaultPlan: plan.name)
        configuration.timeout = .seconds(60)
        configuration.localCache = cache
        return try await Limiter.connect(to: url, configuration: configuration)
    }

    /// Deletes all data of the bench's own Redis. A given one keeps what it has.
    func empty(_ limiter: Limiter) async throws {
        if embedded != nil { _ = try await limiter.send(["FLUSHALL"]) }
    }

    func stop() {
        embedded?.stop()
    }
}
