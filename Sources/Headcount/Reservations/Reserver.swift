internal import Foundation
internal import NIOCore
internal import RedisClient

/// Calls that can go together: they differ in the contact only.
struct ReservationLane: Hashable, Sendable {
    let account: String
    let kind: String
    let lease: Duration
}

/// Holds slots for 1 to 512 contacts of an account in one call of `reserve.lua`.
struct Reserver: Sendable {
    let runner: ScriptRunner
    let index: AccountIndex
    let keys: Keyspace
    let configuration: LimiterConfiguration
    let tombstones: Tombstones?

    struct Item: Sendable {
        let contact: String
        /// Names the holder. Chosen here, so that a call that is repeated means the same one.
        let id: String

        init(contact: String, id: String = ReservationToken.randomID()) {
            self.contact = contact
            self.id = id
        }
    }

    /// What reserve.lua said of one contact; nil for an attempt that is not this worker's any more.
    typealias Answer = Reservation?

    func reserve(_ items: [Item], in lane: ReservationLane, for attempts: AutomationAttempts? = nil) async throws
        -> [Answer]
    {
        let account = lane.account
        let plan = configuration.plans.defaultPlan
        await index.enter(account, runner.belief(of: account).day.period.name)
        let (reply, belief) = try await runner.run(LimiterScripts.reserve, for: account) { belief in
            let day = belief.day
            let members = keys.members(account, day.period.name)
            let end = day.period.end.epochSeconds
            let tombstones = try self.tombstones.needed(
                for: items.map(\.contact), in: account, day.period.name, belief.identities)
            let bytes = items.reduce(0) { $0 + $1.contact.utf8.count + 40 }
            var call = ScriptCall(
                keyCount: 7 + (attempts?.reservationKeys.count ?? 0),
                capacity: 14 * (members.utf8.count + 16) + 200 + (attempts == nil ? bytes : 2 * bytes))
            call.arguments.append(members)
            call.arguments.append(joining: members, ":held")
            call.arguments.append(joining: members, ":stats")
            call.arguments.append(joining: members, ":refused")
            call.arguments.append(keys.plan(account))
            call.arguments.append(joining: members, ":merged")
            call.arguments.append(joining: members, ":holders")
            if let attempts { call.arguments.append(contentsOf: attempts.reservationKeys) }
            call.arguments.append(belief.schedule.fields)
            call.arguments.append(day.start.epochSeconds)
            call.arguments.append(day.end.epochSeconds)
            call.arguments.append(joining: day.number, ":", lane.kind)
            call.arguments.append(end + Int(configuration.retention.components.seconds))
            call.arguments.append(end + Int(configuration.statsRetention.components.seconds))
            call.arguments.append(plan.limit)
            call.arguments.append(plan.mode.rawValue)
            call.arguments.append(day.period.name.description)
            call.arguments.append(belief.identities)
            call.arguments.append(lane.lease.milliseconds)
            call.arguments.append(items.count)
            for item in items { call.arguments.append(item.contact) }
            for item in items { call.arguments.append(item.id) }
            for index in items.indices { call.arguments.append(tombstones?[index] ?? "") }
            if let attempts { call.arguments.append(contentsOf: attempts.reservationArguments) }
            return call
        }
        let answers = try Self.answers(reply, items, in: belief.day.period)
        runner.metrics.reserved(answers)
        return answers
    }

    private static func answers(
        _ reply: RedisValue, _ items: [Item], in period: Period
    ) throws(HeadcountError) -> [Answer] {
        let malformed = HeadcountError(.unexpectedReply, "Redis sent a malformed reply to reserve.lua")
        guard let elements = reply.elements, elements.count == 6, var standing = Standing(elements),
            case .string(let letters) = elements[4], letters.count == items.count
        else { throw malformed }
        var answers: [Answer] = []
        answers.reserveCapacity(items.count)
        for (letter, item) in zip(letters, items) {
            let verdict: Reservation.Verdict
            switch letter {
            case UInt8(ascii: "h"):
                verdict = .reserved
                standing.held += 1
            case UInt8(ascii: "s"): verdict = .reserved
            case UInt8(ascii: "m"): verdict = .alreadyActivated
            case UInt8(ascii: "r"): verdict = .limitReached
            case UInt8(ascii: "x"):
                answers.append(nil)
                continue
            default: throw malformed
            }
            let token =
                verdict == .reserved
                ? ReservationToken(period: period.name, contact: item.contact, id: item.id) : nil
            answers.append(Reservation(verdict: verdict, token: token, period: period, standing: standing))
        }
        return answers
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int {
        Int(components.seconds) * 1_000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
