internal import Headcount
internal import Logging
internal import Metrics
internal import Synchronization

/// Makes the attempts of campaigns and scenarios: calls the action, and records what became of it.
final class AutomationSender: Sendable {
    private static let retries = Backoff(first: .seconds(1), longest: .seconds(300))
    /// Until Redis takes the record.
    private static let recordings = Backoff(first: .milliseconds(50), longest: .seconds(1))

    private let queue: AutomationQueue
    private let caller: SignedCaller
    private let maximumAttempts: Int
    private let logger: Logger
    private let health = Mutex<[AutomationName: AutomationHealth]>([:])
    private let campaignMetrics = SendMetrics(.campaign)
    private let scenarioMetrics = SendMetrics(.scenario)

    init(queue: AutomationQueue, caller: SignedCaller, maximumAttempts: Int, logger: Logger) {
        self.queue = queue
        self.caller = caller
        self.maximumAttempts = maximumAttempts
        self.logger = logger
    }

    /// For how long the campaign's action is better left alone.
    func hold(of name: AutomationName) -> Duration? {
        health.withLock { $0[name]?.hold(at: .now) }
    }

    func send(_ attempt: AutomationQueue.Attempt, of order: AutomationQueue.Order) async {
        let name = order.name
        let call = ActionCall(
            account: name.account, contact: attempt.contact, automation: "\(name.action)",
            step: attempt.taken.run?.step ?? 1, attempt: attempt.number, run: attempt.taken.run?.number,
            event: attempt.taken.run?.event)
        let answer = await caller.post(
            call, to: order.action(ofStep: call.step), key: call.idempotencyKey(nonce: order.nonce))
        learn(answer, name)
        let outcome = outcome(of: answer, attempt: attempt.number)
        switch name.kind {
        case .campaign: campaignMetrics.count(outcome)
        case .scenario: scenarioMetrics.count(outcome)
        }
        await record(attempt, outcome, of: order)
    }

    private func learn(_ answer: CallAnswer, _ name: AutomationName) {
        health.withLock { health in
            var known = health[name] ?? AutomationHealth()
            known.learn(answer, at: .now)
            if health.count > 10_000 { health.removeAll() }
            health[name] = known
        }
    }

    private func outcome(of answer: CallAnswer, attempt: Int) -> AutomationQueue.Outcome {
        switch answer {
        case .accepted: .sent
        case .refused(let reason): .failed(reason)
        case .unknown(let reason): .unknown(reason)
        case .later(let reason, let after):
            // A contact that is tried again on request has as many attempts once more.
            attempt.isMultiple(of: maximumAttempts)
                ? .failed("given up after \(attempt) \(attempt == 1 ? "attempt" : "attempts"): \(reason)")
                : .later(after ?? Self.retries.wait(after: attempt % maximumAttempts), reason)
        }
    }

    /// Tries until Redis has it: without the record nobody would know what became of the attempt.
    private func record(
        _ attempt: AutomationQueue.Attempt, _ outcome: AutomationQueue.Outcome, of order: AutomationQueue.Order
    ) async {
        var failures = 0
        while !Task.isCancelled {
            do {
                return try await queue.finish(attempt, outcome, of: order)
            } catch let error as HeadcountError where error.code == .unavailable {
                failures += 1
                if failures == 1 { logger.warning("can't record an attempt yet", metadata: ["reason": "\(error)"]) }
                try? await Task.sleep(for: Self.recordings.wait(after: failures))
            } catch {
                return logger.error("can't record an attempt", metadata: ["reason": "\(error)"])
            }
        }
    }
}

/// Counts what became of attempts. The handles are made once.
private struct SendMetrics: Sendable {
    private let sent, failed, unknown, later: Counter

    init(_ kind: AutomationKind) {
        func counter(_ outcome: String) -> Counter {
            Counter(label: "headcount_\(kind.rawValue)_attempts_total", dimensions: [("outcome", outcome)])
        }
        sent = counter("sent")
        failed = counter("failed")
        unknown = counter("unknown")
        later = counter("later")
    }

    func count(_ outcome: AutomationQueue.Outcome) {
        switch outcome {
        case .sent: sent.increment()
        case .failed: failed.increment()
        case .unknown: unknown.increment()
        case .later: later.increment()
        }
    }
}
