import CoreMetrics
import EmbeddedRedis
import Foundation
import Headcount
import HeadcountHTTP
import HeadcountWorkers
import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

/// The process of `headcount serve`: its log, its metrics, its Redis if it brings one, and the service.
struct Server {
    private static let shutdownBound = Duration.seconds(10)

    private let redisURL: String
    private let embedded: String?
    private let limiterConfiguration: LimiterConfiguration
    private var configuration: ServiceConfiguration
    private let courier: Courier.Configuration
    private let log: ServiceLog

    /// Checks everything that can be checked without listening or asking Redis.
    init(_ settings: Settings) async throws {
        redisURL = try await settings.redisURL
        embedded = try await settings.text("embedded")
        if embedded != nil, try await settings.text("redis.url") != nil {
            throw Failure("embedded and redis.url exclude each other: the first brings its own Redis", .usage)
        }
        limiterConfiguration = try await settings.limiter
        configuration = try await settings.service
        if try await settings.flag("metrics") == true { configuration.metrics = PrometheusMetrics() }
        courier = try await settings.courier
        log = try await ServiceLog(settings)
        try configuration.validate()
        try await Limiter(url: redisURL, configuration: limiterConfiguration).close()
    }

    func run() async throws {
        let logger = log.begin()
        // Before anything makes a handle.
        if let metrics = configuration.metrics { MetricsSystem.bootstrap(metrics) }
        OpenFiles.raiseLimit()
        if configuration.sessionSecret == nil {
            logger.notice("no session secret: people have to sign in again after a restart, and at each instance")
        }
        var redis: EmbeddedRedis?
        if let embedded { redis = try await EmbeddedServer.start(embedded) }
        defer { redis?.stop() }
        var configured = limiterConfiguration
        configured.clientName = "headcount-serve-\(ProcessInfo.processInfo.processIdentifier)"
        configured.logger = logger
        let limiter = try Limiter(url: redis?.url ?? redisURL, configuration: configured)
        let leftover = try limiter.leftoverJournals()
        if let journal = leftover.first {
            logger.warning(
                "journals wait to be replayed: contacts that were admitted without Redis are not counted",
                metadata: ["journals": "\(leftover.count)", "first": "\(journal)"])
        }
        if redis != nil, configuration.address.isLoopback { try await FirstKey.makeIfNone(limiter) }
        let scheme = configuration.tls == nil ? "http" : "https"
        let isListening = Atomic(false)
        let service = try HeadcountService(limiter: limiter, configuration: configuration, logger: logger) { address in
            isListening.store(true, ordering: .relaxed)
            log.say("listening on \(scheme)://\(address)", logger)
        }
        do {
            let courier = Courier(limiter: limiter, configuration: courier, logger: logger)
            try await run([limiter, courier, service], logger: logger)
        } catch is CancellationError {
            // The bound was reached; what was under way is broken off.
        } catch {
            let what =
                isListening.load(ordering: .relaxed) ? "the service failed" : "can't listen on \(configuration.address)"
            throw Failure("\(what): \(error)", .failure)
        }
    }

    /// Until SIGTERM or SIGINT: then the service ends before the limiter that it needs.
    private func run(_ services: [any Service], logger: Logger) async throws {
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = Self.shutdownBound
        try await ServiceGroup(configuration: group).run()
    }
}
