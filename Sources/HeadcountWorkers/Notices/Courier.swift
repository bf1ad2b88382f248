internal import Foundation
public import Headcount
public import Logging
internal import Metrics
public import ServiceLifecycle
internal import Synchronization

/// Delivers notices (R13): posts each to the account's URL, or the configured one, until it is accepted or given up.
///
/// Any number of servers and workers do so; one at a time looks after an account.
public struct Courier: Service {
    /// How the courier is set up.
    public struct Configuration: Sendable {
        /// Where notices of accounts go that have no URL of their own.
        public var url: String?
        /// With what requests are signed; nil: not at all.
        public var signingSecret: String?
        /// How long a delivery may take.
        public var timeout: Duration = .seconds(10)

        /// The defaults.
        public init() {}
    }

    private static let idle = Duration.milliseconds(500)
    /// Longer than a turn for an account can take.
    private static let lease = Duration.seconds(60)
    private static let sweepInterval = Duration.seconds(15)
    /// A day and a half or so of attempts.
    private static let maximumAttempts = 30
    private static let retries = Backoff(first: .seconds(1), longest: .seconds(3_600))
    /// Of an account's notices.
    private static let atOnce = 8
    private static let accountsAtOnce = 64

    private let limiter: Limiter
    private let queue: NoticeQueue
    private let configuration: Configuration
    private let caller: SignedCaller
    private let logger: Logger
    private let deliveries: [String: Counter]

    /// A courier for the notices of all accounts.
    public init(limiter: Limiter, configuration: Configuration, logger: Logger) {
        self.limiter = limiter
        self.configuration = configuration
        self.logger = logger
        queue = NoticeQueue(limiter: limiter)
        caller = SignedCaller(
            secret: configuration.signingSecret, timeout: configuration.timeout, concurrency: Self.atOnce)
        deliveries = Dictionary(
            uniqueKeysWithValues: ["delivered", "failed", "no_url", "retry"].map {
                ($0, Counter(label: "headcount_notice_deliveries_total", dimensions: [("result", $0)]))
            })
    }

    /// Delivers until graceful shutdown; what is under way then is finished.
    public func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await cancelWhenGracefulShutdown { await deliver() } }
            group.addTask { await cancelWhenGracefulShutdown { await sweep() } }
        }
        await caller.close()
    }

    /// Visits accounts with something to deliver; one whose URL hangs is waited for by nobody else.
    private func deliver() async {
        let visits = Count()
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                do {
                    let room = Self.accountsAtOnce - visits.number.load(ordering: .relaxed)
                    let (accounts, wait) =
                        room > 0
                        ? try await queue.accounts.take(most: room, lease: Self.lease) : ([], .milliseconds(10))
                    for account in accounts {
                        visits.number.wrappingAdd(1, ordering: .relaxed)
                        group.addTask {
                            // Not to be cut off in the middle of a delivery.
                            await Task { await visit(account) }.value
                            visits.number.wrappingSubtract(1, ordering: .relaxed)
                        }
                    }
                    if accounts.isEmpty { try await Task.sleep(for: min(max(wait, .milliseconds(10)), Self.idle)) }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("can't look for notices", metadata: ["reason": "\(error)"])
                    try? await Task.sleep(for: Self.idle)
                }
            }
        }
    }

    /// Tries each of the account's notices that is due, and says when somebody is to come again.
    private func visit(_ account: String) async {
        do {
            let now = limiter.serverTime
            let waiting = try await queue.waiting(of: account)
            let due = Array(waiting.filter { ($0.notice.due ?? now) <= now }.prefix(Self.atOnce))
            if !due.isEmpty {
                let url = try await limiter.notices.settings(of: account).url ?? configuration.url
                _ = try await concurrently(due, atOnce: Self.atOnce) { try await deliver($0, to: url) }
                return try await queue.accounts.put(off: account, by: .zero)
            }
            guard let next = waiting.compactMap(\.notice.due).min() else { return try await queue.leave(account) }
            try await queue.accounts.put(off: account, by: .milliseconds(Int(next.timeIntervalSince(now) * 1_000) + 1))
        } catch {
            logger.warning(
                "can't look after an account's notices", metadata: ["account": "\(account)", "reason": "\(error)"])
        }
    }

    private func deliver(_ waiting: WaitingNotice, to url: String?) async throws {
        // Two processes may look at the same account for a moment.
        guard try await queue.take(waiting, for: configuration.timeout + .seconds(5)) else { return }
        guard let url else { return try await record(.noURL, of: waiting, attempts: 0) }
        let notice = waiting.notice
        let attempts = notice.attempts + 1
        let result: NoticeQueue.Result =
            switch await post(notice, to: url, attempt: attempts) {
            case .accepted(let status): .delivered("status \(status)")
            case .refused(let reason), .unknown(let reason): retry(after: attempts, reason, nil)
            case .later(let reason, let after): retry(after: attempts, reason, after)
            }
        try await record(result, of: waiting, attempts: attempts)
    }

    /// Posts a notice once, without a record of it.
    ///
    /// - Returns: What came of it in words, and whether it was accepted.
    public func post(_ notice: Notice, to url: String?) async -> (isAccepted: Bool, detail: String) {
        guard let url = url ?? configuration.url else { return (false, "there is no URL to deliver it to") }
        return switch await post(notice, to: url, attempt: 1) {
        case .accepted(let status): (true, "status \(status)")
        case .refused(let reason), .unknown(let reason), .later(let reason, _): (false, reason)
        }
    }

    /// Ends what ``post(_:to:)`` began, for a courier that does not run.
    public func close() async {
        await caller.close()
    }

    private func post(_ notice: Notice, to url: String, attempt: Int) async -> CallAnswer {
        await caller.post(
            NoticeDelivery(notice, attempt: attempt), to: url, key: "\(notice.account)/\(notice.id)")
    }

    /// A URL that refuses may be mended: any answer but yes is tried again, for more than a day.
    private func retry(after attempts: Int, _ reason: String, _ wait: Duration?) -> NoticeQueue.Result {
        attempts >= Self.maximumAttempts
            ? .failed("given up: \(reason)") : .retry(max(wait ?? .zero, Self.retries.wait(after: attempts)), reason)
    }

    private func record(_ result: NoticeQueue.Result, of waiting: WaitingNotice, attempts: Int) async throws {
        let name =
            switch result {
            case .delivered: "delivered"
            case .failed: "failed"
            case .noURL: "no_url"
            case .retry: "retry"
            }
        deliveries[name]?.increment()
        try await queue.record(result, of: waiting, attempts: attempts)
    }

    /// Finds what processes left behind that died before they could tell of it.
    private func sweep() async {
        let turns = limiter.dueSweep
        let clock = ContinuousClock()
        // At once: what ran before may have left something.
        var isFirst = true
        while !Task.isCancelled {
            do {
                try await turns.add("accounts")
                if isFirst { try await turns.put(off: "accounts", by: .zero) }
                isFirst = false
                let (found, wait) = try await turns.take(most: 1, lease: Self.lease)
                if found.isEmpty {
                    try await Task.sleep(for: min(max(wait, .milliseconds(100)), Self.sweepInterval))
                    continue
                }
                let time = try await clock.measure { try await queue.sweep() }
                // However many accounts there are, one thirtieth of the time at most.
                try await turns.put(off: "accounts", by: max(Self.sweepInterval, time * 30))
            } catch is CancellationError {
                return
            } catch {
                logger.warning("can't sweep for notices", metadata: ["reason": "\(error)"])
                try? await Task.sleep(for: Self.sweepInterval)
            }
        }
    }
}

/// How many are under way.
private final class Count: Sendable {
    let number = Atomic(0)
}

extension Courier: CustomStringConvertible {
    /// For logs, which have no secrets.
    public var description: String { "Courier" }
}
