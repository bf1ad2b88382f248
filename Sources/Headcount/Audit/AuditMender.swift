internal import Foundation
internal import RedisClient

/// Does what a remedy says. Whatever was put right meanwhile by somebody else stays as it is.
struct AuditMender {
    let limiter: Limiter

    private var keys: Keyspace { limiter.keys }
    private var runner: ScriptRunner { limiter.runner }

    func mend(_ finding: AuditFinding) async throws {
        guard let remedy = finding.remedy else { return }
        switch remedy {
        case .expire(let key): try await expire(key)
        case .persist(let key): _ = try await send("PERSIST", key)
        default:
            guard let account = finding.subject.account else { return }
            try await mend(remedy, account)
        }
    }

    private func mend(_ remedy: AuditRemedy, _ account: String) async throws {
        switch remedy {
        case .attribute(let period): try await limiter.tally(of: account, period, mends: .missing)
        case .slots(let period): try await limiter.slots(of: account, period, mends: true)
        case .relink(let period, let from, let target, let into):
            var call = ScriptCall(keys: [keys.merged(account, period)], arguments: [])
            for name in [from, target, into] { call.arguments.append(bytes: name) }
            let made = call
            _ = try await runner.run(LimiterScripts.relink, for: account) { _ in made }
        case .enter(let period): try await limiter.index.put(account, period)
        case .hurryNotices: try await limiter.dueNotices.hurry(account)
        case .hurry(let name):
            try await (name.kind == .campaign ? limiter.dueCampaigns : limiter.dueScenarios).hurry(name.text)
        case .link: _ = try await limiter.channels.relink(account)
        case .expire, .persist: break
        }
    }

    private func expire(_ key: StoredKey) async throws {
        let at = try await expiry(of: key)
        _ = try await send("EXPIREAT", key, String(at))
    }

    /// When a key of its kind expires that is written now, in epoch seconds.
    private func expiry(of key: StoredKey) async throws -> Int {
        let now = limiter.serverTime.epochSeconds
        let retention = Int(limiter.configuration.retention.components.seconds)
        let kind = KeyKind(key)
        if let period = kind.period, let account = key.account {
            let end = try await limiter.end(of: period, account).epochSeconds
            if case .stats = kind { return end + Int(limiter.configuration.statsRetention.components.seconds) }
            return end + retention
        }
        switch kind {
        case .campaign(let id, _):
            let account = key.account ?? ""
            let stored = try await runner.send(["HGET", keys.campaign(account, id), "keysExpire"]).integer
            return max(stored ?? 0, now + Campaigns.retention)
        case .scenario: return now + ScenarioKeys.runRetention
        case .seen: return now + 3 * 86_400
        case .heard, .contact, .endedRuns, .deadLetters: return now + ScenarioKeys.listRetention
        case .sending, .pace: return now + 60
        case .restoring: return now + 7 * 86_400
        case .signedOut: return now + 12 * 3_600
        case .removed: return now + 63 * 86_400 + retention
        case .index(let period): return limiter.index.expiry(of: period)
        case .campaigns, .due: return now + 420 * 86_400
        // Notices, to the end of a month that begins now, at least.
        default: return now + 31 * 86_400 + retention
        }
    }

    private func send(_ name: String, _ key: StoredKey, _ arguments: String...) async throws -> RedisValue {
        var command: RedisCommand = [name]
        command.append(bytes: key.full(prefix: keys.prefix))
        command.append(contentsOf: arguments)
        return try await runner.send(command)
    }
}
