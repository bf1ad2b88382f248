internal import Foundation
public import Headcount
public import Logging
internal import NIOCore
public import ServiceLifecycle
internal import Synchronization

/// Sends campaigns and carries out scenarios: takes contacts, holds their slots, calls the action, and records what became of it. Any number of
/// them may run anywhere; each may be killed at any time.
public final class AutomationWorker: Service {
    private typealias Turns = AsyncStream<AutomationName>

    private static let idle = Duration.milliseconds(100)
    private static let busy = Duration.milliseconds(50)
    /// How long an automation is this worker's to look at, unless it says otherwise.
    private static let lookLease = Duration.seconds(2)

    private let configuration: WorkerConfiguration
    private let limiter: Limiter
    private let queue: AutomationQueue
    private let caller: SignedCaller
    private let sender: AutomationSender
    private let logger: Logger
    private let book: Mutex<TurnBook<AutomationName>>
    private let turns: (stream: Turns, continuation: Turns.Continuation)

    /// - Parameters:
    ///   - limiter: where campaigns and scenarios are, and what decides about their contacts.
    ///   - configuration: what bounds the worker.
    public init(limiter: Limiter, configuration: WorkerConfiguration, logger: Logger) {
        self.limiter = limiter
        self.configuration = configuration
        self.logger = logger
        queue = AutomationQueue(limiter: limiter, worker: configuration.name)
        caller = SignedCaller(
            secret: configuration.signingSecret, timeout: configuration.actionTimeout,
            concurrency: configuration.concurrency)
        sender = AutomationSender(
            queue: queue, caller: caller, maximumAttempts: configuration.maximumAttempts, logger: logger)
        book = Mutex(TurnBook(capacity: configuration.concurrency))
        turns = Turns.makeStream()
    }

    /// Works until graceful shutdown: then what is under way is finished and recorded, and nothing new is begun.
    public func run() async throws {
        _ = try? await limiter.askTime()
        await withDiscardingTaskGroup { group in
            group.addTask {
                await cancelWhenGracefulShutdown { await self.discover() }
                await self.drain()
            }
            group.addTask { await self.followRedisClock() }
            for await name in turns.stream { group.addTask { await self.turn(name) } }
            group.cancelAll()
        }
        await caller.close()
    }

    /// Finds campaigns and scenarios that somebody is to look at.
    private func discover() async {
        while !Task.isCancelled {
            do {
                // What is kept for small campaigns is no reason to look for large ones.
                guard book.withLock({ $0.free }) > 0 else {
                    try await Task.sleep(for: .milliseconds(5))
                    continue
                }
                let (names, wait) = try await due()
                for name in names { turns.continuation.yield(name) }
                if names.isEmpty { try await Task.sleep(for: min(max(wait, .milliseconds(10)), Self.idle)) }
            } catch is CancellationError {
                return
            } catch {
                logger.warning("can't look for campaigns and scenarios", metadata: ["reason": "\(error)"])
                try? await Task.sleep(for: Self.idle)
            }
        }
    }

    private func due() async throws -> (names: [AutomationName], wait: Duration) {
        var found: (names: [AutomationName], wait: Duration) = ([], .seconds(60))
        for kind in AutomationKind.allCases where configuration.automations.contains(kind) {
            let (names, wait) = try await queue.due(kind, most: 16, lease: Self.lookLease)
            found.names += names
            found.wait = min(found.wait, wait)
        }
        return found
    }

    private func drain() async {
        book.withLock { $0.drain() }
        while !book.withLock({ $0.isIdle }) { try? await Task.sleep(for: .milliseconds(5)) }
        turns.continuation.finish()
    }

    private func followRedisClock() async {
        while (try? await Task.sleep(for: .seconds(60))) != nil { _ = try? await limiter.askTime() }
    }

    private func turn(_ name: AutomationName) async {
        let slots: Int
        switch book.withLock({ $0.beginTurn(name) }) {
        case .slots(let number): slots = number
        case .turning: return
        case .full:
            // Others may have room for it.
            _ = try? await queue.look(at: name, in: Self.busy)
            return
        }
        var attempts: [AutomationQueue.Attempt] = []
        var order: AutomationQueue.Order?
        var mayHaveMore = false
        var parked = 0
        do {
            if let hold = sender.hold(of: name) {
                try await queue.look(at: name, in: hold)
            } else {
                let claim = try await claim(name, slots)
                order = claim.order
                mayHaveMore = !claim.taken.isEmpty || claim.isFull
                (attempts, parked) = try await begin(claim)
            }
        } catch {
            // Whoever looks at it next goes on; what was taken comes back once its lease has ended.
            logger.warning(
                "a \(name.kind)'s turn failed",
                metadata: ["\(name.kind)": "\(name.id)", "account": "\(name.account)", "reason": "\(error)"])
        }
        let isWanted = book.withLock {
            $0.endTurn(name, slots: slots, used: attempts.count, mayHaveMore: mayHaveMore)
        }
        // Those that were parked have no answer to wait for.
        if isWanted || parked > 0 { turns.continuation.yield(name) }
        guard let order else { return }
        await withDiscardingTaskGroup { group in
            for attempt in attempts {
                group.addTask {
                    await self.sender.send(attempt, of: order)
                    if self.book.withLock({ $0.finish(name) }) { self.turns.continuation.yield(name) }
                }
            }
        }
    }

    /// Records that attempts will be made. Tries for as long as nobody else takes them: what was recorded and is not made
    /// would be reported as unknown.
    private func begin(_ claim: AutomationQueue.Claim) async throws -> (
        attempts: [AutomationQueue.Attempt], parked: Int
    ) {
        let end = ContinuousClock.now + configuration.lease / 2
        while true {
            do {
                return try await queue.begin(claim.taken, of: claim.order, lease: configuration.lease)
            } catch let error as HeadcountError where error.code == .unavailable && ContinuousClock.now < end {
                try await Task.sleep(for: Self.idle)
            }
        }
    }

    private func claim(_ name: AutomationName, _ slots: Int) async throws -> AutomationQueue.Claim {
        let claim = try await queue.claim(name, most: slots, configuration.bounds)
        try await queue.look(after: claim)
        return claim
    }
}
