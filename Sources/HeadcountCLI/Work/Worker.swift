import CoreMetrics
import Foundation
import Headcount
import HeadcountHTTP
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
    /// Nil: it answers nowhere.
    private let health: ServiceConfiguration?
    private let log: ServiceLog

    /// Checks everything that can be checked without asking Redis.
    init(_ settings: Settings, automations: Set<AutomationKind>) async throws {
        redisURL = try await settings.redisURL
        limiterConfiguration = try await settings.limiter
        var configuration = try await settings.worker
        configuration.automations = automations
        self.configuration = configuration
        courier = try await settings.courier
        log = try await ServiceLog(settings)
        if let address = try await settings.workerAddress {
            var health = ServiceConfiguration()
            health.offers = .health
            health.address = address
            if try await settings.flag("metrics") == true { health.metrics = PrometheusMetrics() }
            self.health = health
        } else {
            health = nil
        }
        try await Limiter(url: redisURL, configuration: limiterConfiguration).close()
    }

    func run() async throws {
        let logger = log.begin()
        // Before anything makes a handle.
        if let metrics = health?.metrics { MetricsSystem.bootstrap(metrics) }
        OpenFiles.raiseLimit()
        if configuration.signingSecret == nil {
            logger.notice("no signing secret: requests to actions and of notices are not signed")
        }
        var configured = limiterConfiguration
        configured.clientName = "headcount-worker-\(ProcessInfo.processInfo.processIdentifier)"
        configured.logger = logger
        let limiter = try Limiter(url: redisURL, configuration: configured)
        var services: [any Service] = [
            limiter, Courier(limiter: limiter, configuration: courier, logger: logger),
            AutomationWorker(limiter: limiter, configuration: configuration, logger: logger),
        ]
        if let health {
            let log = log
            services.append(
                try HeadcountService(limiter: limiter, configuration: health, logger: logger) { address in
                    log.say("answering for its health on http://\(address)", logger)
                })
        }
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
