internal import Foundation
internal import NIOCore
internal import RedisClient

/// Calls that can go together: they differ in the contact only.
struct ActivationLane: Hashable, Sendable {
    let account: String
    let kind: String
}

/// Asks Redis about 1 to 512 contacts of an account in one call of `activate.lua`.
struct Activator: Sendable {
    let runner: ScriptRunner
    let index: AccountIndex
    let keys: Keyspace
    let configuration: LimiterConfiguration
    let cache: MemberCache?
    let tombstones: Tombstones?
    let bell: NoticeBell
    /// Nil: the policy is to fail closed.
    let blind: BlindAdmissions?

    func activate(_ contacts: [String], in account: String, kind: String) async throws -> [Decision] {
        let plan = configuration.plans.defaultPlan
        let asked = NIODeadline.now()
        // First, so that a process that ends right after the call leaves an account that can be found.
        await index.enter(account, runner.belief(of: account).day.period.name)
        let (reply, belief) = try await runner.run(LimiterScripts.activate, for: account) { belief in
            let day = belief.day
            let members = keys.members(account, day.period.name)
            let end = day.period.end.epochSeconds
            let tombstones = try self.tombstones.needed(for: contacts, in: account, day.period.name, belief.identities)
            let contactBytes = contacts.reduce(0) { $0 + $1.utf8.count + 8 }
            var call = ScriptCall(keyCount: 7, capacity: 7 * (members.utf8.count + 16) + 200 + contactBytes)
            call.arguments.append(members)
            call.arguments.append(joining: members, ":held")
            call.arguments.append(joining: members, ":stats")
            call.arguments.append(joining: members, ":refused")
            call.arguments.append(keys.plan(account))
            call.arguments.append(joining: members, ":merged")
            call.arguments.append(keys.outbox(account))
            call.arguments.append(belief.schedule.fields)
            call.arguments.append(day.start.epochSeconds)
            call.arguments.append(day.end.epochSeconds)
            call.arguments.append(joining: day.number, ":", kind)
            call.arguments.append(end + Int(configuration.retention.components.seconds))
            call.arguments.append(end + Int(configuration.statsRetention.components.seconds))
            call.arguments.append(plan.limit)
            call.arguments.append(plan.mode.rawValue)
            call.arguments.append(day.period.name.description)
            call.arguments.append(belief.identities)
            call.arguments.append(bell.thresholds)
            call.arguments.append(contacts.count)
            for contact in contacts { call.arguments.append(contact) }
            for tombstone in tombstones ?? [] { call.arguments.append(tombstone) }
            return call
        }
        blind?.answered()
        let period = belief.day.period
        let answer = try ActivationReply(reply)
        let decisions = try answer.decisions(in: period)
        guard decisions.count == contacts.count else { throw ActivationReply.malformed }
        runner.metrics.decided(decisions)
        cache?.learn(contacts, decisions, of: account, serverSeconds: answer.serverSeconds, asked: asked)
        if answer.before.used == 0, decisions.contains(where: { $0.verdict == .activated }) {
            await index.enterAgain(account, period.name)
        }
        if answer.notices > 0 { await bell.ring(for: account) }
        return decisions
    }
}

/// The reply of `activate.lua`.
private struct ActivationReply {
    let before: Standing
    private let verdicts: [UInt8]
    /// Redis's clock when it decided.
    let serverSeconds: Int
    let notices: Int

    static let malformed = HeadcountError(.unexpectedReply, "Redis sent a malformed reply to activate.lua")

    init(_ reply: RedisValue) throws(HeadcountError) {
        guard let elements = reply.elements, elements.count == 7, let before = Standing(elements),
            case .string(let verdicts) = elements[4], let serverSeconds = elements[5].integer,
            let notices = elements[6].integer
        else { throw Self.malformed }
        self.before = before
        self.verdicts = verdicts
        self.serverSeconds = serverSeconds
        self.notices = notices
    }

    func decisions(in period: Period) throws(HeadcountError) -> [Decision] {
        var standing = before
        var decisions: [Decision] = []
        decisions.reserveCapacity(verdicts.count)
        for letter in verdicts {
            let verdict: Verdict
            switch letter {
            case UInt8(ascii: "a"):
                verdict = .activated
                standing.used += 1
            case UInt8(ascii: "h"):
                verdict = .activated
                standing.used += 1
                standing.held -= 1
            case UInt8(ascii: "m"): verdict = .alreadyActivated
            case UInt8(ascii: "r"): verdict = .limitReached
            default: throw Self.malformed
            }
            decisions.append(Decision(verdict: verdict, period: period, standing: standing))
        }
        return decisions
    }
}

extension Standing {
    /// From the beginning of a script's reply: used, held, limit, mode. Nil if that is malformed.
    init?(_ elements: [RedisValue]) {
        guard elements.count >= 4, let used = elements[0].integer, let held = elements[1].integer,
            let limit = elements[2].integer, let mode = elements[3].text.flatMap(LimitMode.init(rawValue:))
        else { return nil }
        self.init(used: used, held: held, limit: limit, mode: mode)
    }
}
