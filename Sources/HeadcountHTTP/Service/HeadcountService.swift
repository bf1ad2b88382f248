internal import Foundation
public import Headcount
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
public import Logging
internal import NIOCore
internal import NIOSSL
public import ServiceLifecycle

/// The HTTP API, the dashboard and the metrics of one limiter, as a service. It keeps nothing of its own: any number of
/// instances share one Redis.
public struct HeadcountService: Service {
    private static let idleTimeout = TimeAmount.seconds(60)
    private static let backlog = 1_024

    /// How often Redis is asked what time it is: sessions and keys end by its clock.
    private static let clockInterval = Duration.seconds(60)
    private static let queueInterval = Duration.seconds(10)

    private let application: any Service
    private let limiter: Limiter
    private let queues: QueueMetrics

    /// Puts the service together. Nothing listens before ``run()``.
    ///
    /// - Parameters:
    ///   - onListening: told once where it listens, with the port that was free if any was asked for.
    /// - Throws: ``HeadcountError/Code/invalidConfiguration`` when certificate or key can't be used.
    public init(
        limiter: Limiter, configuration: ServiceConfiguration, logger: Logger,
        onListening: @escaping @Sendable (ServiceConfiguration.Address) -> Void = { _ in }
    ) throws {
        ProcessMetrics.begin()
        self.limiter = limiter
        queues = QueueMetrics(limiter: limiter)
        let routes = Self.router(limiter: limiter, configuration: configuration)
        let address: BindAddress =
            switch configuration.address {
            case .tcp(let host, let port): .hostname(host, port: port)
            case .unixSocket(let path): .unixDomainSocket(path: path)
            }
        application = Application(
            router: routes, server: try Self.server(configuration.tls),
            configuration: ApplicationConfiguration(address: address, backlog: Self.backlog),
            onServerRunning: { channel in
                onListening(Self.actual(configuration.address, channel))
            }, logger: logger)
    }

    /// Serves until graceful shutdown: then requests under way are finished and new ones refused.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            group.addTask { await followRedisClock() }
            group.addTask { await watchQueues() }
            try await group.next()
            group.cancelAll()
        }
    }

    private func followRedisClock() async {
        while !Task.isCancelled {
            _ = try? await limiter.askTime()
            try? await Task.sleep(for: Self.clockInterval)
        }
    }

    private func watchQueues() async {
        while !Task.isCancelled {
            await queues.refresh()
            try? await Task.sleep(for: Self.queueInterval)
        }
    }

    private static func router(limiter: Limiter, configuration: ServiceConfiguration) -> Router<ServiceContext> {
        let metrics = HTTPMetrics()
        let authenticator = Authenticator(limiter: limiter, metrics: metrics)
        let accounts = AccountDirectory(limiter: limiter)
        let templates = Templates()
        let signIn = SignIn(
            limiter: limiter, authenticator: authenticator, seal: SessionSeal(secret: configuration.sessionSecret),
            templates: templates, isTLS: configuration.tls != nil)
        let dashboard = DashboardRoutes(
            limiter: limiter, accounts: accounts, liveUsage: LiveUsage(limiter: limiter),
            authenticator: authenticator, signIn: signIn, templates: templates)
        let api = APIRoutes(limiter: limiter, accounts: accounts, authenticator: authenticator)
        let service = ServiceRoutes(limiter: limiter, metrics: configuration.metrics)
        let routes =
            switch configuration.offers {
            case .everything:
                api.routes + service.routes + dashboard.routes
                    + WebhookRoutes(limiter: limiter, configuration: configuration).routes
            case .health: service.routes
            }

        let router = Router(context: ServiceContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ResponseHeaders(isTLS: configuration.tls != nil))
        router.add(middleware: RequestObserver(metrics: metrics))
        if !configuration.allowedOrigins.isEmpty {
            router.add(middleware: CrossOrigin(origins: configuration.allowedOrigins))
        }
        router.add(middleware: ProblemMiddleware(routes: RouteTable(routes), errorPage: dashboard.errorPage))
        for route in routes { router.on(RouterPath(route.path), method: route.method, use: route.handler) }
        return router
    }

    private static func server(_ tls: TLSFiles?) throws -> HTTPServerBuilder {
        var configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionGuard(isTLS: tls != nil)], idleTimeout: idleTimeout)
        configuration.httpDecoder = .init(
            maxHeaderFieldSize: 16 * 1024, maxHeaderListSize: 64 * 1024, maxHeaderFieldCount: 200)
        guard let tls else {
            return HTTPServerBuilder { [configuration] in
                ServiceChannel(base: HTTP1Channel(responder: $0, configuration: configuration))
            }
        }
        let tlsConfiguration = try tls.configuration
        return HTTPServerBuilder { [configuration] in
            let plain = HTTP1Channel(responder: $0, configuration: configuration)
            return ServiceChannel(base: try TLSChannel(plain, tlsConfiguration: tlsConfiguration))
        }
    }

    private static func actual(
        _ asked: ServiceConfiguration.Address, _ channel: any Channel
    ) -> ServiceConfiguration.Address {
        guard case .tcp(let host, _) = asked, let port = channel.localAddress?.port else { return asked }
        return .tcp(host: host, port: port)
    }
}

extension HeadcountService: CustomStringConvertible {
    /// For logs, which have no secrets.
    public var description: String { "HeadcountService" }
}
