internal import NIOCore
internal import Synchronization

/// Looks who the masters are: one look at a time, however many ask for it, and a pause between two.
final class Lookout: Sendable {
    private static let pause = TimeAmount.milliseconds(100)

    private struct State {
        var running: Task<RedisError?, Never>?
        var lastEnd: NIODeadline?
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
                }
                return failure
            }
            state.running = task
            return task
        }
    }

    /// Does something once a second from now on.
    func everySecond(_ body: @escaping @Sendable () -> Void) {
        let rounds = eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in body() }
        state.withLock { $0.rounds = rounds }
    }

    func stop() {
        state.withLock { $0.rounds }?.cancel()
    }
}
