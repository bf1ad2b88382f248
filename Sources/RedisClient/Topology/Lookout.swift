internal import NIOCore
internal import Synchronization

/// Looks who the masters are: one look at a time, however many ask for it, and a pause between two. While no look finds
/// any, nobody waits for one longer than others have in vain.
final class Lookout: Sendable {
    private static let pause = TimeAmount.milliseconds(100)

    private struct State {
        var running: Task<RedisError?, Never>?
        var lastEnd: NIODeadline?
        var lastFailure: RedisError?
        var breaker = CircuitBreaker()
        var rounds: RepeatedTask?
    }

    private let eventLoop: any EventLoop
    private let state = Mutex(State())

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Starts a look, unless one is under way. Its value is why it failed, if it did.
    @discardableResult
    func look(_ body: @escaping @Sendable () async -> RedisError?) -> Task<RedisError?, Never> {
        state.withLock { state in
            if let running = state.running { return running }
            let wait = state.lastEnd.map { $0 + Self.pause - .now() } ?? .zero
            let task = Task {
                if wait > .zero { try? await Task.sleep(for: .nanoseconds(wait.nanoseconds)) }
                let failure = await body()
                self.state.withLock {
                    $0.running = nil
                    $0.lastEnd = .now()
                    $0.lastFailure = failure
                    if failure == nil { $0.breaker.heard() }
                }
                return failure
            }
            state.running = task
            return task
        }
    }

    /// Somebody knows of no master, and would wait for a look until `deadline`.
    ///
    /// - Returns: Why it is in vain, if it is.
    func refusal(deadline: NIODeadline) -> RedisError? {
        state.withLock { state in
            guard let silence = state.breaker.call(at: .now(), deadline: deadline) else { return nil }
            let reason = state.lastFailure?.message ?? "nobody answers who the master is"
            return RedisError(.silent, "no sign of life for \(silence.nanoseconds / 1_000_000) ms: \(reason)")
        }
    }

    /// Whether to look although nobody waits for it: so that whoever comes next hears at once how it is.
    var isProbing: Bool { state.withLock { $0.breaker.isProbing(at: .now()) } }

    /// Does something once a second from now on.
    func everySecond(_ body: @escaping @Sendable () -> Void) {
        let rounds = eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in body() }
        state.withLock { $0.rounds = rounds }
    }

    func stop() {
        state.withLock { $0.rounds }?.cancel()
    }
}
