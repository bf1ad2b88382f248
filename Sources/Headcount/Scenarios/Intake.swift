internal import RedisClient

/// Takes events of an account (trigger.lua).
struct Intake: Sendable {
    /// Most events in one script call.
    static let maximumEvents = 256
    /// Most runs that one script call starts, so that none holds Redis for long.
    private static let maximumStarts = 2_000
    /// Most keywords that an event loop compares with texts in one go.
    private static let maximumComparisons = 200
    private static let maximumCorrections = 8
    /// Meta sends an event again for 36 hours at most.
    private static let memory = 72 * 3_600_000

    let runner: ScriptRunner
    let keys: Keyspace
    private let cache = ScenarioSetCache()
    /// Whoever waits at the same moment shares a call, whatever the account. The lane: whether they are due now.
    private let due: GroupCommit<Bool, String, Void>

    init(runner: ScriptRunner, keys: Keyspace) {
        self.runner = runner
        self.keys = keys
        let list = DueList(runner: runner, key: keys.dueScenarios)
        due = GroupCommit(maximumItems: Self.maximumEvents) { names, isNow in
            try await isNow ? list.hurry(names) : list.expect(names)
            return names.map { _ in }
        }
    }

    /// What became of each, in order. Durable when it returns.
    func take(_ items: [IncomingEvent], of account: String) async throws -> [EventResult] {
        var results: [EventResult] = []
        while results.count < items.count { results += try await takeSome(items[results.count...], of: account) }
        return results
    }

    /// As many of the first as one call takes.
    private func takeSome(_ items: ArraySlice<IncomingEvent>, of account: String) async throws -> [EventResult] {
        var set: ScenarioSet
        if let known = cache.set(of: account) { set = known } else { set = try await read(account) }
        for _ in 0..<Self.maximumCorrections {
            do {
                // An event may start a run of each.
                let most = min(Self.maximumEvents, max(1, Self.maximumStarts / max(1, set.scenarios.count)))
                let call = try await triggerCall(Array(items.prefix(most)), of: account, set)
                let names = call.scenarios.map { "\(account) \($0)" }
                // Whoever starts a run and dies before it says so has said before that it might.
                try await look(after: names, now: false)
                let results = try await run(call, of: account)
                // For duplicates, too: who took them first may have died before this.
                try await look(after: names, now: true)
                return results
            } catch is ScenariosChanged {
                set = try await read(account)
            }
        }
        throw HeadcountError(
            .unavailable, "the scenarios of account \(account) change all the time; try again when they don't")
    }

    private func look(after names: [String], now: Bool) async throws {
        let due = due
        _ = try await concurrently(names) { try await due.ask($0, in: now) }
    }

    /// Much to compare is compared elsewhere than on an event loop, on which others wait.
    private func triggerCall(
        _ items: [IncomingEvent], of account: String, _ set: ScenarioSet
    ) async throws -> TriggerCall {
        let (keys, memory) = (keys, Self.memory)
        guard items.count * set.keywordCount > Self.maximumComparisons else {
            return try TriggerCall(items, of: account, set, keys, memory: memory)
        }
        return try await withTaskExecutorPreference(globalConcurrentExecutor) {
            try TriggerCall(items, of: account, set, keys, memory: memory)
        }
    }

    private func read(_ account: String) async throws -> ScenarioSet {
        let set = ScenarioSet(try await runner.send(["HGETALL", keys.scenarios(account)]).fields ?? [:])
        cache.remember(set, of: account)
        return set
    }

    private func run(_ call: TriggerCall, of account: String) async throws -> [EventResult] {
        let (reply, _) = try await runner.run(LimiterScripts.trigger, for: account) { _ in call.call }
        guard let texts = reply.elements?.compactMap(\.text), texts.count == call.count else {
            throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to trigger.lua")
        }
        return texts.map { $0 == "duplicate" ? .duplicate : .taken(EventText.reactions($0)) }
    }
}
