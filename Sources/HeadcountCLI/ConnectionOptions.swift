import ArgumentParser
import Configuration
import Foundation
import Headcount
import Logging

/// Where Redis is and how its keys begin: for every command that asks it.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Redis to use: redis://[user:password@]host:port/database, rediss://… for TLS, redis+unix:///path/to/socket, \
            redis-cluster://host:port,host:port, or redis-sentinel://host:port,host:port/master-name.
            """,
            discussion: "Default: $HEADCOUNT_REDIS_URL, or redis://127.0.0.1:6379.", valueName: "url"))
    var redis: String?

    @Option(
        help: ArgumentHelp(
            "For rediss://: PEM file with the authorities to trust. Default: $HEADCOUNT_REDIS_TLS_CA, or the system's.",
            valueName: "file"), completion: .file())
    var redisCA: String?

    @Option(
        help: ArgumentHelp(
            "For rediss://: PEM file with the certificate to show. Default: $HEADCOUNT_REDIS_TLS_CERT, or none.",
            valueName: "file"), completion: .file())
    var redisCert: String?

    @Option(
        help: ArgumentHelp(
            "For rediss://: PEM file with that certificate's key. Default: $HEADCOUNT_REDIS_TLS_KEY, or none.",
            valueName: "file"), completion: .file())
    var redisKey: String?

    @Option(help: ArgumentHelp("What all keys begin with. Default: $HEADCOUNT_PREFIX, or hc.", valueName: "prefix"))
    var prefix: String?

    @Option(
        help: ArgumentHelp(
            "How long a call to Redis may take, in seconds. Default: $HEADCOUNT_TIMEOUT, or 5.", valueName: "seconds"))
    var timeout: Double?

    @Option(
        help: ArgumentHelp(
            "When a write is answered: acknowledged (Redis has done it) or replicated:N (N replicas have confirmed it, too).",
            discussion: "Default: $HEADCOUNT_DURABILITY, or acknowledged.", valueName: "level"))
    var durability: String?

    @OptionGroup var file: ConfigurationFile

    func validate() throws {
        if let timeout, timeout <= 0 || timeout > 3600 {
            throw ValidationError("--timeout \(timeout): give seconds, above 0 and at most 3600")
        }
    }

    /// What was given on the command line.
    var flags: [SettingsKey: ConfigContent] {
        var flags: [SettingsKey: ConfigContent] = [:]
        if let redis { flags["redis.url"] = .string(redis) }
        flags["redis.tls.ca"] = redisCA.map { .string($0) }
        flags["redis.tls.cert"] = redisCert.map { .string($0) }
        flags["redis.tls.key"] = redisKey.map { .string($0) }
        if let prefix { flags["prefix"] = .string(prefix) }
        if let timeout { flags["timeout"] = .double(timeout) }
        flags["durability"] = durability.map { .string($0) }
        return flags
    }

    var settings: Settings {
        get async throws { try await settings() }
    }

    /// - Parameter flags: what else was given on the command line.
    func settings(with flags: [SettingsKey: ConfigContent] = [:]) async throws -> Settings {
        try await Settings(flags: self.flags.merging(flags) { $1 }, file: file.config)
    }

    /// A limiter that has spoken to Redis.
    func connect() async throws -> Limiter {
        let settings = try await settings
        let configuration = Self.quiet(try await settings.limiter)
        return try await Limiter.connect(to: settings.redisURL, configuration: configuration)
    }

    /// A limiter that connects only when it must.
    func limiter(with flags: [SettingsKey: ConfigContent] = [:]) async throws -> Limiter {
        let settings = try await settings(with: flags)
        let configuration = Self.quiet(try await settings.limiter)
        return try Limiter(url: try await settings.redisURL, configuration: configuration)
    }

    /// Messages are this program's to write, each on one line.
    private static func quiet(_ configuration: LimiterConfiguration) -> LimiterConfiguration {
        var configuration = configuration
        configuration.clientName = "headcount-cli-\(ProcessInfo.processInfo.processIdentifier)"
        configuration.logger = Logger(label: "headcount") { _ in SwiftLogNoOpLogHandler() }
        return configuration
    }
}

/// `--config`, for every command that needs to know the plans or the kinds of action.
struct ConfigurationFile: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "YAML file with plans, kinds of action and more. Default: $HEADCOUNT_CONFIG, or none.", valueName: "file"),
        completion: .file())
    var config: String?
}

/// `--json`, for every command that prints data.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one JSON object a line.")
    var json = false
}
