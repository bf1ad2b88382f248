internal import Foundation
internal import RedisClient

/// What an account's keys say of each other.
struct AccountAudit: Sendable {
    let limiter: Limiter
    let account: String
    let shape: AccountShape
    /// Keys of another type than they have to be: nothing is asked of them.
    let broken: Set<KeyKind>

    private var keys: Keyspace { limiter.keys }
    private var runner: ScriptRunner { limiter.runner }

    func findings() async throws -> [AuditFinding] {
        var findings = try await standing()
        for period in shape.periods.sorted(by: { $0.firstDay < $1.firstDay }) {
            findings += try await early(period)
            if !isBroken(.members(period), .stats(period)) { findings += try await statistics(period) }
            if !isBroken(.members(period), .held(period), .holders(period)) { findings += try await slots(period) }
            if !isBroken(.merged(period)) {
                findings += try await LinkAudit(limiter: limiter, account: account).findings(period)
            }
        }
        findings += try await index()
        findings += try await due()
        if !isBroken(.channels) { findings += try await channels() }
        return findings
    }

    private func isBroken(_ kinds: KeyKind...) -> Bool { !broken.isDisjoint(with: kinds) }

    private func standing() async throws -> [AuditFinding] {
        if isBroken(.plan) { return [] }
        let usage: Usage
        do {
            usage = try await limiter.usage(of: account)
        } catch let error as HeadcountError where error.code == .unexpectedReply {
            return [
                AuditFinding(
                    .plan, account, what: error.reason, means: "no call for the account can be decided", remedy: nil,
                    advice: "set the plan's fields right with headcount plan set or redis-cli HSET")
            ]
        } catch let error as HeadcountError where error.code == .unavailable && error.reason.contains("WRONGTYPE") {
            // Told by the key's type.
            return []
        }
        guard usage.overLimit else { return [] }
        return [
            AuditFinding(
                .limit, account, period: usage.period.name,
                what: "\(usage.used.grouped) contacts are counted, and the limit is \(usage.limit.grouped)",
                means:
                    "legal: the plan was lowered, or contacts were counted in soft mode or came from a backup; nobody new "
                    + "is admitted in hard mode", remedy: nil, isWrong: false)
        ]
    }

    /// Contacts that would be forgotten while they count.
    private func early(_ period: PeriodName) async throws -> [AuditFinding] {
        let end = try await limiter.end(of: period, account)
        let now = limiter.serverTime
        guard end > now else { return [] }
        var findings: [AuditFinding] = []
        for kind in shape.kinds.filter({ $0.period == period }) {
            let name = kind.suffix.map { "\(period):\($0)" } ?? period.description
            let key = StoredKey(account: account, name: name)
            let left = try await runner.send([
                "PTTL", keys.members(account, period) + name.dropFirst(period.description.count),
            ])
            guard let left = left.integer, left >= 0, now.addingTimeInterval(TimeInterval(left) / 1_000) < end else {
                continue
            }
            findings.append(
                AuditFinding(
                    .expiry, account, period: period, name,
                    what: "\(name) expires in \((left / 1_000).grouped) s, before the period ends",
                    means: "what it holds is forgotten while it counts: contacts could count twice",
                    remedy: .expire(key)))
        }
        return findings
    }

    private func statistics(_ period: PeriodName) async throws -> [AuditFinding] {
        let tally = try await limiter.tally(of: account, period)
        if tally.missing == 0 { return [] }
        if tally.missing > 0 {
            return [
                AuditFinding(
                    .statistics, account, period: period,
                    what:
                        "\(tally.members.grouped) contacts are counted, and the statistics have \(tally.missing.grouped) fewer",
                    means:
                        "the limit is right; the daily numbers are too low, since statistics were lost, or contacts were put "
                        + "in by hand or from a backup", remedy: .attribute(period))
            ]
        }
        let kept = try await limiter.end(of: period, account)
            .addingTimeInterval(TimeInterval(limiter.configuration.retention.components.seconds))
        // Members go long before the statistics do.
        if tally.members == 0, kept <= limiter.serverTime.addingTimeInterval(86_400) { return [] }
        return [
            AuditFinding(
                .statistics, account, period: period,
                what:
                    "\(tally.members.grouped) contacts are counted, and by the statistics \((-tally.missing).grouped) more were",
                means:
                    "contacts were lost: they count again when they are next touched, and more people than the limit says may "
                    + "be reached", remedy: nil,
                advice: "nobody knows who they were; headcount restore --merge puts back those of a backup")
        ]
    }

    private func slots(_ period: PeriodName) async throws -> [AuditFinding] {
        let faults = try await limiter.slots(of: account, period, mends: false)
        let kinds: [(Int, String, String, String)] = [
            (
                faults.orphaned, "orphaned", "are held for nobody",
                "they count against the limit until their leases end, and nobody can settle them"
            ),
            (
                faults.counted, "counted", "are held for contacts that are counted already",
                "these count twice against the limit until their leases end"
            ),
            (
                faults.endless, "endless", "are held for longer than any lease",
                "they count against the limit, and nobody waits for them"
            ),
            (
                faults.unheld, "unheld", "are not held, though their leases go on",
                "others may be given them; the limit may be exceeded when they are confirmed"
            ),
        ]
        return kinds.filter { $0.0 > 0 }.map { count, detail, what, means in
            AuditFinding(
                .slots, account, period: period, detail, what: "\(count.grouped) slots \(what)", means: means,
                remedy: .slots(period))
        }
    }

    private func index() async throws -> [AuditFinding] {
        var findings: [AuditFinding] = []
        let periods = Dictionary(grouping: shape.activePeriods, by: \.monthName).values.compactMap(\.first)
        for period in periods.sorted(by: { $0.monthName < $1.monthName })
        where limiter.index.isKept(period, limiter.serverTime) {
            let found = try await runner.send(["SISMEMBER", keys.index(period), account])
            if found.integer == 1 { continue }
            findings.append(
                AuditFinding(
                    .index, account, period: period, what: "it is not in the index of \(period.monthName)",
                    means:
                        "headcount accounts and the dashboard don't list it, and its notices of new months are not told; "
                        + "decisions are right", remedy: .enter(period)))
        }
        return findings
    }

    private func due() async throws -> [AuditFinding] {
        var findings: [AuditFinding] = []
        if shape.kinds.contains(.outbox), !isBroken(.outbox) {
            let waiting = try await runner.send(["XLEN", keys.outbox(account)]).integer ?? 0
            if waiting > 0, try await runner.send(["ZSCORE", keys.dueNotices, account]) == .null {
                findings.append(
                    AuditFinding(
                        .due, account, "notices",
                        what: "\(waiting.grouped) notices wait, and the account is not on the list of those",
                        means: "they are told when somebody next sweeps, or never if the index lacks the account, too",
                        remedy: .hurryNotices))
            }
        }
        for name in shape.automations(of: account) {
            let parts: [AutomationPart] = [.order, .jobs]
            if parts.contains(where: {
                isBroken(name.kind == .campaign ? .campaign(name.id, $0) : .scenario(name.id, $0))
            }) {
                continue
            }
            guard try await hasWork(name) else { continue }
            let list = name.kind == .campaign ? keys.dueCampaigns : keys.dueScenarios
            if try await runner.send(["ZSCORE", list, name.text]) != .null { continue }
            findings.append(
                AuditFinding(
                    .due, account, name.action.description,
                    what: "\(name.action) has something to do, and is not on the list of those",
                    means: "no worker looks at it: nothing is sent", remedy: .hurry(name)))
        }
        return findings
    }

    private func hasWork(_ name: AutomationName) async throws -> Bool {
        let place = AutomationKeys(keys, name)
        if name.kind == .scenario { return try await runner.send(["HLEN", place.jobs]).integer ?? 0 > 0 }
        let fields = try await runner.send(["HMGET", place.campaign, "state", "attempting"]).elements ?? []
        let state = fields.first?.text.flatMap(Campaign.State.init(rawValue:))
        return state == .running || state == .paused || fields.last?.integer ?? 0 > 0
    }

    private func channels() async throws -> [AuditFinding] {
        guard shape.kinds.contains(.channels) else { return [] }
        var findings: [AuditFinding] = []
        let ids = try await limiter.channels.links(of: account).instagram
        let accounts = try await limiter.channels.accounts(ofInstagram: Set(ids))
        for id in ids where accounts[id] != account {
            let other = accounts[id]
            findings.append(
                AuditFinding(
                    .channels, account, id,
                    what:
                        "Instagram id \(id.printable) is the account's, and leads \(other.map { "to \($0)" } ?? "nowhere")",
                    means: "its webhooks don't reach the account", remedy: other == nil ? .link(instagram: id) : nil,
                    advice: other == nil ? "" : "unlink it from one of the two with headcount channel unlink"))
        }
        return findings
    }
}

extension KeyKind {
    /// What follows the period in the name; nil for the members.
    fileprivate var suffix: String? {
        switch self {
        case .held: "held"
        case .holders: "holders"
        case .merged: "merged"
        case .stats: "stats"
        case .refused: "refused"
        case .erased: "erased"
        default: nil
        }
    }
}
