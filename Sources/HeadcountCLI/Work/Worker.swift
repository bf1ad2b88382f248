import Foundation
import Headcount
import HeadcountWorkers
import Logging
import ServiceLifecycle
import UnixSignals

/// The process of `headcount worker`: its log, and what it works on.
struct Worker {
    private let redisURL: String
    private let limiterConfiguration: LimiterConfiguration
    private let configuration: WorkerConfiguration
    private let courier: Courier.Configuration
    private let log: ServiceLog

    /// Checks everything that can be checked without asking Redis.
    init(_ settings: Settings) async throws {
        redisURL = try await settings.redisURL
        limiterConfiguration = try await settings.limiter
        configuration = try await settings.worker
        courier = try await settings.courier
        log = try await ServiceLog(settings)
        try await Limiter(url: redisURL, configuration: limiterConfiguration).close()
    }

    func run() async throws {
        let logger = log.begin()
        OpenFiles.raiseLimit()
        if configuration.signingSecret == nil {
            logger.notice("no signing secret: requests to actions and of notices are not signed")
        }
        var configured = limiterConfiguration
        configured.clientName = "headcount-worker-\(ProcessInfo.processInfo.processIdentifier)"
        configured.logger = logger
        let limiter = try Limiter(url: redisURL, configuration: configured)
        let services: [any Service] = [
            limiter, Courier(limiter: limiter, configuration: courier, logger: logger),
            CampaignWorker(limiter: limiter, configuration: configuration, logger: logger),
        ]
        log.say("working as \(configuration.name)", logger)
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // What is under way may take as long as a call does, and a notice's delivery as well.
        group.maximumGracefulShutdownDuration = max(configuration.actionTimeout, .seconds(10)) + .seconds(10)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch is CancellationError {
            // The bound was reached; what was under way is unknown.
        }
    }
}
