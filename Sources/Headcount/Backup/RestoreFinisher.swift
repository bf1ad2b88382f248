internal import Foundation
internal import RedisClient

/// Makes anew what a backup doesn't have, from what it has: after an account's keys were written.
struct RestoreFinisher {
    let limiter: Limiter
    let account: String
    /// Campaigns and scenarios that are none of the backup's.
    let kept: Set<String>
    let paused: Bool
    /// Two states were made one: a contact may be in the statistics of both.
    let mergesStates: Bool

    private var keys: Keyspace { limiter.keys }
    private var runner: ScriptRunner { limiter.runner }

    /// - Returns: Instagram ids that are another account's by now.
    func finish(_ outline: RestoreOutline.Account, isWritten: Bool) async throws -> [String] {
        let automations = outline.automations.filter { !kept.contains($0.action.description) }.sorted {
            $0.text < $1.text
        }
        var taken: [String] = []
        if !isWritten {
            for name in automations {
                try await AutomationRestorer(limiter: limiter, name: name).restore(paused: paused)
            }
            if !kept.isEmpty, !automations.isEmpty { try await tellOfScenarios() }
            if outline.hasChannels { taken = try await limiter.channels.relink(account) }
            for period in outline.periods {
                try await limiter.tally(of: account, period, mends: mergesStates ? .any : .missing)
                try await limiter.slots(of: account, period, mends: true)
            }
            try await RestoreMark.setWritten(account, limiter)
        }
        for period in outline.periods { try await limiter.index.put(account, period) }
        for name in automations { try await AutomationRestorer(limiter: limiter, name: name).hurry() }
        if outline.hasOutbox { try await limiter.dueNotices.hurry(account) }
        try await RestoreMark.remove(from: account, limiter)
        limiter.activator.cache?.forget(account)
        return taken
    }

    /// The account had scenarios, and has more now: those who know the former ones read them anew.
    private func tellOfScenarios() async throws {
        let key = keys.scenarios(account)
        guard try await runner.send(["EXISTS", key]).integer == 1 else { return }
        _ = try await runner.send(["HINCRBY", key, ":version", "1"])
    }
}
