package import Foundation
internal import NIOCore
package import RedisClient
public import ServiceLifecycle
internal import Tracing

/// Decides which contacts an account may activate: at most as many distinct ones a month as its limit says, exactly,
/// however many processes ask.
///
///     let limiter = try await Limiter.connect(to: "redis://127.0.0.1:6379")
///     let decision = try await limiter.activate("17841400008460056", in: "acct_42", by: .campaign("spring"))
///     switch decision.verdict {
///     case .activated, .alreadyActivated, .notCounted: try await send()
///     case .limitReached: park()
///     }
///
/// One limiter serves a process; any number of tasks use it at once. All decisions are made in Redis by the scripts of
/// `lua/`, so that repeating a call whose answer was lost never counts twice (R4). When Redis can't answer, calls throw
/// ``HeadcountError/Code/unavailable``, never answer ``Verdict/limitReached`` (R14); ``FailurePolicy`` says what else may be
/// done then. A cancelled call throws
/// `CancellationError`; it may have counted.
public final class Limiter: ContactLimiter, Service {
    let configuration: LimiterConfiguration
    package let keys: Keyspace
    let runner: ScriptRunner
    let index: AccountIndex
    let activator: Activator
    let activations: GroupCommit<ActivationLane, String, Decision>
    let reserver: Reserver
    let reservations: GroupCommit<ReservationLane, Reserver.Item, Reservation>
    let settler: Settler
    let settlements: GroupCommit<SettlementLane, Settler.Item, Settler.Answer>
    let intake: Intake
    let arrivals: GroupCommit<String, IncomingEvent, EventResult>
    let tombstones: Tombstones?
    let bell: NoticeBell
    /// Nil: the policy is to fail closed.
    let blind: BlindAdmissions?
    /// Looked up once: a program that wants spans bootstraps its tracer before it makes a limiter.
    let tracer: (any Tracer)?

    /// A limiter that connects when it is first asked, and again whenever the connection breaks.
    ///
    /// - Parameter url: `redis://[user:password@]host:port/database`, `rediss://…` for TLS, `redis+unix:///path/to/socket`,
    ///   `redis-cluster://host:port,host:port` or `redis-sentinel://host:port,host:port/master-name`.
    /// - Throws: ``HeadcountError/Code/invalidConfiguration`` for a URL or a setting that can't work.
    public init(
        url: String, configuration: LimiterConfiguration = LimiterConfiguration()
    ) throws(HeadcountError) {
        try configuration.validate()
        let parsed: RedisURL
        do { parsed = try RedisURL(url) } catch { throw HeadcountError(.invalidConfiguration, error.message) }
        var options = RedisOptions()
        options.clientName = configuration.clientName
        options.logger = configuration.logger
        options.barrier = configuration.durability.barrier(timeout: configuration.timeout)
        if parsed.usesTLS {
            options.tls = try configuration.redisTLS.tls()
        } else if configuration.redisTLS != RedisTLSFiles() {
            throw HeadcountError(
                .invalidConfiguration,
                "TLS is set up, but the Redis URL doesn't begin with rediss:// (or rediss-cluster://, rediss-sentinel://); write it so"
            )
        }
        self.configuration = configuration
        keys = Keyspace(prefix: configuration.prefix)
        let metrics = LimiterMetrics()
        runner = ScriptRunner(
            redis: RedisClient(url: parsed, options: options), timeout: configuration.timeout, metrics: metrics)
        tracer = DecisionSpan.tracer
        index = AccountIndex(runner: runner, keys: keys, retention: configuration.retention)
        let tombstones = configuration.tombstoneKey.map(Tombstones.init)
        self.tombstones = tombstones
        let bell = NoticeBell(runner: runner, keys: keys, thresholds: configuration.noticeThresholds)
        self.bell = bell
        let blind: BlindAdmissions? =
            if case .open(let bounds) = configuration.failurePolicy {
                BlindAdmissions(bounds, metrics: metrics, logger: configuration.logger)
            } else {
                nil
            }
        self.blind = blind
        let activator = Activator(
            runner: runner, index: index, keys: keys, configuration: configuration,
            cache: configuration.localCache.map { MemberCache($0) }, tombstones: tombstones, bell: bell,
            blind: blind)
        self.activator = activator
        activations = GroupCommit(maximumItems: LimiterScripts.maximumContacts) { contacts, lane in
            try await activator.activate(contacts, in: lane.account, kind: lane.kind)
        }
        let reserver = Reserver(
            runner: runner, index: index, keys: keys, configuration: configuration, tombstones: tombstones)
        self.reserver = reserver
        reservations = GroupCommit(maximumItems: LimiterScripts.maximumContacts) { items, lane in
            try await reserver.reserve(items, in: lane).compactMap { $0 }
        }
        let settler = Settler(
            runner: runner, keys: keys, configuration: configuration, tombstones: tombstones, bell: bell)
        self.settler = settler
        settlements = GroupCommit(maximumItems: LimiterScripts.maximumContacts) { items, lane in
            try await settler.settle(items, in: lane)
        }
        let intake = Intake(runner: runner, keys: keys)
        self.intake = intake
        arrivals = GroupCommit(maximumItems: Intake.maximumEvents) { items, account in
            try await intake.take(items, of: account)
        }
    }

    /// Connects to Redis and waits for its first answer.
    ///
    /// - Parameter url: As for ``init(url:configuration:)``.
    /// - Throws: ``HeadcountError``: `invalidConfiguration` for a URL or a setting that can't work, `unavailable`, whatever
    ///   ``LimiterConfiguration/failurePolicy`` is, when Redis can't be reached, refuses the password, or doesn't answer in ``LimiterConfiguration/timeout``.
    public static func connect(
        to url: String, configuration: LimiterConfiguration = LimiterConfiguration()
    ) async throws -> Limiter {
        let limiter = try Limiter(url: url, configuration: configuration)
        do {
            _ = try await limiter.runner.send(["PING"], failsFast: true)
        } catch {
            await limiter.close()
            throw error
        }
        return limiter
    }

    /// As a service: stays until graceful shutdown or cancellation, then closes the connection.
    public func run() async throws {
        try? await gracefulShutdown()
        await close()
    }

    /// Closes the connection. Calls that are waiting throw ``HeadcountError/Code/unavailable``.
    public func close() async {
        runner.redis.close()
    }

    /// A command of one's own on the limiter's connection, for what looks at Redis itself.
    package func send(_ arguments: [String]) async throws -> RedisValue {
        try await runner.send(RedisCommand(arguments))
    }

    /// The servers that take writes: one, or all masters of a cluster.
    package func masters() async throws -> [RedisServer] {
        try await runner.masters()
    }

    /// A command of one's own for one of ``masters()``.
    package func send(_ arguments: [String], to server: RedisServer) async throws -> RedisValue {
        try await runner.send(RedisCommand(arguments), to: server)
    }

    /// When an answer about what was written is given.
    package var durability: Durability { configuration.durability }

    /// Asks Redis for a sign of life.
    ///
    /// - Throws: ``HeadcountError``: `unavailable` when none comes within `limit`.
    package func ping(within limit: Duration) async throws {
        _ = try await runner.send(["PING"], failsFast: true, within: TimeAmount(limit))
    }

    /// Redis's clock, asked for; this process goes by it from then on.
    package func askTime() async throws -> Date {
        let time = try await runner.send(["TIME"]).elements?.compactMap(\.integer) ?? []
        guard time.count == 2 else { throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to TIME") }
        let now = Date(timeIntervalSince1970: TimeInterval(time[0]) + TimeInterval(time[1]) / 1e6)
        runner.clock.correct(to: now)
        return now
    }

    /// Redis's clock, as far as this process knows it.
    package var serverTime: Date { runner.clock.now }

    /// The hash of a script of `lua/`, for measuring it with other programs. Empty for one that there isn't.
    package static func scriptHash(_ name: String) -> String {
        LimiterScripts.all.first { $0.name == name }?.hash ?? ""
    }

    /// The plans there are.
    package var plans: PlanCatalogue { configuration.plans }

    /// A command as a line for a shell, which asks for the password if there is one.
    package func redisCLILine(_ command: [String]) -> String {
        runner.redis.redisCLILine(command, tls: configuration.redisTLS.cliArguments)
    }
}
