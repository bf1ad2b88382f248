internal import NIOCore

/// What a connection does next: the phases of its life and the commands that wait on it. A value without I/O; each
/// transition returns the action to run once the lock is left.
struct ConnectionStateMachine<Waiter> {
    enum Phase: Equatable {
        /// Nobody needs a connection.
        case idle
        case connecting
        case ready
        /// Waiting before the next attempt.
        case backingOff
        case closed
    }

    enum NextStep: Equatable {
        case none
        case connect
        /// Write what is waiting, in the event loop's next turn.
        case flush
    }

    private(set) var phase = Phase.idle
    /// Attempts since a command was last answered.
    private(set) var failures = 0
    private var lastFailure: RedisError?
    private var flushIsScheduled = false
    private var sweepIsScheduledAt: NIODeadline?
    private var commands: CommandQueue<Waiter>
    /// Why everything is refused, once it is closed.
    private var closedBecause: RedisError?
    private var someoneWaitedAtLastLook = false
    private var heardSinceLastLook = false
    private var breaker = CircuitBreaker()
    private let server: String

    /// - Parameters:
    ///   - barrier: sent behind each group of commands, whose replies count once it is answered.
    ///   - server: its address, for messages.
    init(
        limits: CommandQueue<Waiter>.Limits = .init(), barrier: RedisCommand? = nil, server: String = "Redis"
    ) {
        self.server = server
        commands = CommandQueue(limits: limits, barrier: barrier)
    }

    // MARK: Callers

    enum Enqueued {
        /// `sweepAt`: when to look for expired callers, unless a look at that time or before is planned already.
        case queued(NextStep, sweepAt: NIODeadline?)
        case refused(RedisError)
    }

    mutating func enqueue(
        _ command: RedisCommand, id: UInt64, at now: NIODeadline, deadline: NIODeadline, failsFast: Bool = false,
        waiter: Waiter
    ) -> Enqueued {
        if let closedBecause { return .refused(closedBecause) }
        // Nothing was asked of a server that owes no reply.
        if phase == .ready, commands.oldestUnanswered == nil { breaker.heard() }
        if let silence = breaker.call(at: now, deadline: deadline) { return .refused(silent(for: silence)) }
        switch commands.enqueue(command, id: id, deadline: deadline, failsFast: failsFast, waiter: waiter) {
        case .cancelled:
            return .refused(RedisError(.cancelled, "cancelled before it was sent"))
        case .overloaded:
            return .refused(RedisError(.overloaded, "\(commands.count) commands are waiting for Redis already"))
        case .queued:
            return .queued(demand(), sweepAt: planSweep(at: deadline))
        }
    }

    private mutating func demand() -> NextStep {
        switch phase {
        case .idle:
            phase = .connecting
            return .connect
        case .ready where !flushIsScheduled:
            flushIsScheduled = true
            return .flush
        case .ready, .connecting, .backingOff, .closed:
            return .none
        }
    }

    mutating func cancel(_ id: UInt64) -> (waiter: Waiter, error: RedisError)? {
        commands.withdraw(id).map {
            ($0.waiter, RedisError(.cancelled, "cancelled by its caller", mayHaveExecuted: $0.mayHaveExecuted))
        }
    }

    mutating func forget(_ id: UInt64) {
        commands.forget(id)
    }

    // MARK: The wire

    mutating func connected() -> NextStep {
        breaker.heard()
        guard phase == .connecting else { return .none }
        phase = .ready
        return flushWhatWaits()
    }

    mutating func takeBytes() -> ByteBuffer? {
        flushIsScheduled = false
        return phase == .ready ? commands.takeUnsent() : nil
    }

    enum Match {
        case answer(Waiter)
        /// Its caller has gone, or waits for the barrier.
        case discard
        /// The barrier's: whoever waited for it gets the reply noted here, if the barrier's own is good.
        case release([(waiter: Waiter, reply: RedisValue)], NextStep)
        /// A reply to no command: the stream can't be trusted.
        case unexpected
    }

    mutating func reply(_ value: RedisValue) -> Match {
        guard let answered = commands.reply(value) else { return .unexpected }
        heardSinceLastLook = true
        breaker.heard()
        failures = 0
        lastFailure = nil
        switch answered {
        case .one(let waiter): return waiter.map { .answer($0) } ?? .discard
        case .none: return .discard
        case .group(let waiters): return .release(waiters, flushWhatWaits())
        }
    }

    private mutating func flushWhatWaits() -> NextStep {
        guard phase == .ready, commands.hasUnsent, !flushIsScheduled else { return .none }
        flushIsScheduled = true
        return .flush
    }

    /// The server answered the handshake, if only to say that it isn't ready.
    mutating func heardInHandshake() {
        breaker.heard()
    }

    /// Whether the circuit was opened or closed since the last time this was asked; nil if neither.
    mutating func circuitChange() -> Bool? { breaker.change() }

    private func silent(for silence: TimeAmount) -> RedisError {
        let reason = lastFailure?.message ?? "no answer from \(server)"
        return RedisError(.silent, "no sign of life for \(silence.nanoseconds / 1_000_000) ms: \(reason)")
    }

    /// The attempt failed or the connection broke. Answers the callers to tell, and how long to wait before `retry`.
    ///
    /// Commands that were not sent keep waiting for the next connection, unless no connection can help: a refused
    /// password stays refused.
    mutating func failed(
        _ error: RedisError, jitter: Double
    ) -> (dismissed: [(waiter: Waiter, error: RedisError)], retryAfter: TimeAmount?) {
        guard phase != .closed else { return ([], nil) }
        lastFailure = error
        failures += 1
        phase = .backingOff
        let gone =
            error.code == .handshakeRefused
            ? commands.dismissAll() : commands.dismissSent() + commands.dismissFailFast()
        let told = gone.map {
            ($0.waiter, RedisError(error.code, error.message, mayHaveExecuted: $0.mayHaveExecuted))
        }
        if error.code == .handshakeRefused { breaker.heard() }
        let delay =
            breaker.isOpen
            ? CircuitBreaker.probeDelay(jitter: jitter) : Backoff.delay(afterFailures: failures, jitter: jitter)
        return (told, delay)
    }

    /// The back-off is over.
    mutating func retry(at now: NIODeadline) -> NextStep {
        guard phase == .backingOff else { return .none }
        commands.dropWithdrawn()
        let isProbing = breaker.isProbing(at: now)
        phase = commands.isEmpty && !isProbing ? .idle : .connecting
        return phase == .connecting ? .connect : .none
    }

    /// Everybody is told so, now and later.
    mutating func close(because error: RedisError) -> [(waiter: Waiter, error: RedisError)] {
        guard phase != .closed else { return [] }
        phase = .closed
        closedBecause = error
        breaker.heard()
        return commands.dismissAll().map {
            ($0.waiter, RedisError(error.code, error.message, mayHaveExecuted: $0.mayHaveExecuted))
        }
    }

    /// Whether somebody waited for a reply when this was last asked, and none has come since.
    mutating func fellSilent() -> Bool {
        defer {
            someoneWaitedAtLastLook = commands.oldestUnanswered != nil
            heardSinceLastLook = false
        }
        return someoneWaitedAtLastLook && !heardSinceLastLook && commands.oldestUnanswered != nil
    }

    // MARK: Deadlines

    struct Sweep {
        var dismissed: [(waiter: Waiter, error: RedisError)] = []
        var nextAt: NIODeadline?
        /// The server has not answered for so long after a deadline that the connection is given up.
        var isStalled = false
    }

    /// - Parameter planned: the time for which this look was planned. Another look took its place if it isn't the
    ///   one that is planned now.
    mutating func sweep(
        planned: NIODeadline, at now: NIODeadline, stallTimeout: TimeAmount, server: String
    ) -> Sweep {
        var sweep = Sweep()
        guard sweepIsScheduledAt == planned else { return sweep }
        sweepIsScheduledAt = nil
        sweep.dismissed = commands.expire(at: now).map {
            (
                $0.waiter,
                RedisError(.timedOut, timeout(server, sent: $0.mayHaveExecuted), mayHaveExecuted: $0.mayHaveExecuted)
            )
        }
        let givenUpAt = commands.oldestUnanswered.map { $0 + stallTimeout }
        if let givenUpAt, givenUpAt <= now {
            sweep.isStalled = true
        }
        if let next = [commands.nextDeadline, givenUpAt].compactMap({ $0 }).min() {
            // Not one look a caller: those that fall due within a few milliseconds are told together.
            sweep.nextAt = planSweep(at: max(next, now + .milliseconds(5)))
        }
        return sweep
    }

    private mutating func planSweep(at time: NIODeadline) -> NIODeadline? {
        if let planned = sweepIsScheduledAt, planned <= time { return nil }
        sweepIsScheduledAt = time
        return time
    }

    private func timeout(_ server: String, sent: Bool) -> String {
        let silence = "no answer from \(server) in time"
        return sent ? silence : lastFailure?.message ?? silence
    }
}
