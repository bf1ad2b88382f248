internal import Synchronization

/// Accounts' scenarios as they were read last. trigger.lua says when they have changed.
final class ScenarioSetCache: Sendable {
    private struct State {
        var sets: [String: ScenarioSet] = [:]
        var byteCount = 0
    }

    private let state = Mutex(State())
    private let maximumBytes: Int

    init(maximumBytes: Int = 64 << 20) {
        self.maximumBytes = maximumBytes
    }

    func set(of account: String) -> ScenarioSet? {
        state.withLock { $0.sets[account] }
    }

    func remember(_ set: ScenarioSet, of account: String) {
        state.withLock { state in
            // Which of them are asked for again, nobody knows.
            if state.byteCount + set.byteCount > maximumBytes { state = State() }
            let former = state.sets.updateValue(set, forKey: account)
            state.byteCount += set.byteCount - (former?.byteCount ?? 0)
        }
    }
}
