internal import RedisClient

/// Takes events of an account (trigger.lua).
struct Intake: Sendable {
    /// Most events in one script call.
    static let maximumEvents = 256
    /// Meta sends an event again for 36 hours at most.
    private static let memory = 72 * 3_600_000

    let runner: ScriptRunner
    let keys: Keyspace
    private let cache = ScenarioSetCache()
    /// Whoever waits at the same moment shares a call, whatever the account.
    private let hurries: GroupCommit<AutomationKind, String, Void>

    init(runner: ScriptRunner, keys: Keyspace) {
        self.runner = runner
        self.keys = keys
        let due = DueList(runner: runner, key: keys.dueScenarios)
        hurries = GroupCommit(maximumItems: Self.maximumEvents) { names, _ in
            try await due.hurry(names)
            return names.map { _ in }
        }
    }

    /// What became of each, in order. Durable when it returns.
    func take(_ items: [IncomingEvent], of account: String) async throws -> [EventResult] {
        var results: [EventResult] = []
        var triggered: Set<String> = []
        for start in stride(from: 0, to: items.count, by: Self.maximumEvents) {
            let part = Array(items[start..<min(items.count, start + Self.maximumEvents)])
            var set: ScenarioSet
            if let known = cache.set(of: account) { set = known } else { set = try await read(account) }
            var corrections = 0
            while true {
                do {
                    let call = try TriggerCall(part, of: account, set, keys, memory: Self.memory)
                    results += try await run(call, of: account)
                    triggered.formUnion(call.scenarios)
                    break
                } catch let error as HeadcountError where error.reason.contains("WRONG_SCENARIOS") && corrections < 8 {
                    corrections += 1
                    set = try await read(account)
                }
            }
        }
        // For duplicates, too: who took them first may have died before this.
        let hurries = hurries
        _ = try await concurrently(triggered.sorted()) { try await hurries.ask("\(account) \($0)", in: .scenario) }
        return results
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
