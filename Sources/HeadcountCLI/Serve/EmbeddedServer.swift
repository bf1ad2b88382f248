import EmbeddedRedis
import Headcount

/// The redis-server of `headcount serve --embedded DIR`: its data stays in the directory, append-only.
enum EmbeddedServer {
    static func start(_ directory: String) async throws -> EmbeddedRedis {
        var configuration = EmbeddedRedis.Configuration()
        configuration.directory = directory
        configuration.arguments = ["--appendonly", "yes", "--appendfsync", "everysec"]
        do {
            return try await EmbeddedRedis.start(configuration: configuration)
        } catch let error as EmbeddedRedisError {
            throw Failure(error.description, .unavailable)
        }
    }
}
