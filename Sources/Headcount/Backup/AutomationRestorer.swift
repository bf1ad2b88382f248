internal import Foundation
internal import RedisClient

/// Lets a campaign or scenario go on that was restored (requeue.lua).
struct AutomationRestorer {
    let limiter: Limiter
    let name: AutomationName

    private var runner: ScriptRunner { limiter.runner }

    /// How many contacts are in which state.
    private struct Counts {
        var waiting = 0, later = 0, parked = 0, new = 0, member = 0, failed = 0, unknown = 0, skipped = 0

        var total: Int { waiting + later + parked + new + member + failed + unknown + skipped }

        mutating func add(_ numbers: [Int]) {
            waiting += numbers[0]
            later += numbers[1]
            parked += numbers[2]
            new += numbers[3]
            member += numbers[4]
            failed += numbers[5]
            unknown += numbers[6]
            skipped += numbers[7]
        }
    }

    func restore(paused: Bool) async throws {
        let place = AutomationKeys(limiter.keys, name)
        guard try await isWhole() else { return try await remove() }
        let counts = try await requeue()
        switch name.kind {
        case .campaign:
            guard let stored = try await runner.send(["HGET", place.campaign, "state"]).text,
                var state = Campaign.State(rawValue: stored)
            else { return }
            // Contacts were tried again after the backup had begun.
            if state == .finished, counts.waiting + counts.later + counts.parked > 0 { state = .running }
            if state == .running, paused { state = .paused }
            var fields = [
                "state", state.rawValue, "attempting", "0", "total", String(counts.total), "newlyCounted",
                String(counts.new),
                "alreadyCounted", String(counts.member), "failed", String(counts.failed), "unknown",
                String(counts.unknown), "skipped", String(counts.skipped),
            ]
            // Whoever loads it begins anew; who is there already is a duplicate.
            if state == .loading { fields += ["part", "0"] }
            _ = try await runner.send(RedisCommand(["HSET", place.campaign] + fields))
            if state == .cancelled || state == .expired {
                _ = try await runner.send(["UNLINK", place.queue, place.again, place.later, place.parked])
            }
        case .scenario:
            _ = try await runner.send(["HSET", place.campaign, "attempting", "0"])
            try await addUp()
            if paused { try await limiter.scenarios.disable(name.id, of: name.account) }
        }
    }

    /// Each run that was started is under way or ended: of those that were started while the backup was made, and are not in it,
    /// nobody knows; those that ended meanwhile are under way once more, and counted as ended already.
    private func addUp() async throws {
        let place = AutomationKeys(limiter.keys, name)
        let fields = try await runner.send(["HGETALL", place.campaign]).fields ?? [:]
        let active = try await runner.send(["HLEN", place.jobs]).integer ?? 0
        let ended = fields.filter { $0.key.hasPrefix("ended:") }.values.reduce(0) { $0 + (Int($1) ?? 0) }
        let started = fields["started"].flatMap { Int($0) } ?? 0
        if started > active + ended {
            let missing = String(started - active - ended)
            _ = try await runner.send(["HINCRBY", place.campaign, "ended:unknown", missing])
        } else if started < active + ended {
            _ = try await runner.send(["HSET", place.campaign, "started", String(active + ended)])
        }
    }

    /// Lets workers know of it.
    func hurry() async throws {
        let place = AutomationKeys(limiter.keys, name)
        switch name.kind {
        case .campaign:
            let state = try await runner.send(["HGET", place.campaign, "state"]).text.flatMap(
                Campaign.State.init(rawValue:))
            if state == .running || state == .paused { try await limiter.dueCampaigns.hurry(name.text) }
        case .scenario:
            if try await runner.send(["HLEN", place.jobs]).integer ?? 0 > 0 {
                try await limiter.dueScenarios.hurry(name.text)
            }
        }
    }

    /// Not, if it was removed while the backup was made.
    private func isWhole() async throws -> Bool {
        let place = AutomationKeys(limiter.keys, name)
        guard try await runner.send(["HEXISTS", place.campaign, "state"]).integer == 1 else { return false }
        switch name.kind {
        case .campaign:
            return try await runner.send(["ZSCORE", limiter.keys.campaigns(name.account), name.id]) != .null
        case .scenario:
            return try await runner.send(["HEXISTS", limiter.keys.scenarios(name.account), name.id]).integer == 1
        }
    }

    private func remove() async throws {
        let place = AutomationKeys(limiter.keys, name)
        var names = [place.campaign, place.jobs, place.queue, place.again, place.later, place.parked]
        switch name.kind {
        case .campaign:
            _ = try await runner.send(["ZREM", limiter.keys.campaigns(name.account), name.id])
        case .scenario:
            let place = ScenarioKeys(limiter.keys, name.account, name.id)
            names += [place.runs, place.cooling, place.ended]
            _ = try await runner.send(["HDEL", limiter.keys.scenarios(name.account), name.id])
        }
        _ = try await runner.send(RedisCommand(["UNLINK"] + names))
    }

    private func requeue() async throws -> Counts {
        let place = AutomationKeys(limiter.keys, name)
        var names = [place.campaign, place.jobs, place.queue, place.again, place.later, place.parked]
        var expires = limiter.serverTime.epochSeconds + ScenarioKeys.runRetention
        switch name.kind {
        case .campaign:
            let stored = try await runner.send(["HGET", place.campaign, "keysExpire"]).integer
            expires = stored ?? limiter.serverTime.epochSeconds + Campaigns.retention
        case .scenario:
            let place = ScenarioKeys(limiter.keys, name.account, name.id)
            names += [place.runs, place.ended]
        }
        var counts = Counts()
        try await limiter.scanValues(["HSCAN", place.jobs], count: LimiterScripts.maximumContacts) { page in
            let contacts = stride(from: 0, to: page.count, by: 2).compactMap { page[$0].bytes }
            for start in stride(from: 0, to: contacts.count, by: LimiterScripts.maximumContacts) {
                let part = contacts[start..<min(contacts.count, start + LimiterScripts.maximumContacts)]
                var call = ScriptCall(keys: names, arguments: [String(expires)])
                for contact in part { call.arguments.append(bytes: contact) }
                let made = call
                let (reply, _) = try await runner.run(LimiterScripts.requeue, for: name.account) { _ in made }
                let numbers = (reply.elements ?? []).compactMap(\.integer)
                guard numbers.count == 8 else {
                    throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to requeue.lua")
                }
                counts.add(numbers)
            }
        }
        return counts
    }
}
