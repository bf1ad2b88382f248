internal import Foundation
internal import RedisClient

/// Calls that can go together: keys are those of one period.
struct SettlementLane: Hashable, Sendable {
    let account: String
    let period: PeriodName
}

/// Confirms or releases 1 to 512 reservations of an account and period in one call of `settle.lua`.
struct Settler: Sendable {
    enum What: String, Sendable {
        case confirm = "c"
        case release = "r"
        /// Stays held until its lease ends: nobody can know whether the contact was touched.
        case keep = "k"
        /// Nothing was held.
        case nothing = "-"
    }

    struct Item: Sendable {
        let contact: String
        let what: What
        /// The holder; empty where nothing was held.
        let id: String
    }

    /// Nil for what was kept, or where nothing was held.
    typealias Answer = Settlement?

    let runner: ScriptRunner
    let keys: Keyspace
    let configuration: LimiterConfiguration
    let tombstones: Tombstones?
    let bell: NoticeBell

    func settle(_ items: [Item], in lane: SettlementLane, for outcomes: AutomationOutcomes? = nil) async throws
        -> [Answer]
    {
        let (account, name) = (lane.account, lane.period)
        let plan = configuration.plans.defaultPlan
        let (reply, _) = try await runner.run(LimiterScripts.settle, for: account) { belief in
            let members = keys.members(account, name)
            let zone = belief.day.calendar.zone
            let end = try BillingCalendar(zone: zone, startDay: name.startDay).period(
                year: name.year, month: name.month
            )
            .end.epochSeconds
            let tombstones = tombstones(of: items, in: account, name, belief)
            let bytes = items.reduce(0) { $0 + $1.contact.utf8.count + 48 }
            var call = ScriptCall(
                keyCount: 7 + (outcomes?.settlementKeys.count ?? 0),
                capacity: 14 * (members.utf8.count + 16) + 200 + (outcomes == nil ? bytes : 2 * bytes))
            call.arguments.append(members)
            call.arguments.append(joining: members, ":held")
            call.arguments.append(joining: members, ":stats")
            call.arguments.append(keys.plan(account))
            call.arguments.append(joining: members, ":merged")
            call.arguments.append(keys.outbox(account))
            call.arguments.append(joining: members, ":holders")
            if let outcomes { call.arguments.append(contentsOf: outcomes.settlementKeys) }
            call.arguments.append(name.description)
            call.arguments.append(end + Int(configuration.retention.components.seconds))
            call.arguments.append(end + Int(configuration.statsRetention.components.seconds))
            call.arguments.append(plan.limit)
            call.arguments.append(plan.mode.rawValue)
            call.arguments.append(belief.identities)
            call.arguments.append(bell.thresholds)
            call.arguments.append(items.count)
            for item in items { call.arguments.append(item.contact) }
            for item in items { call.arguments.append(item.what.rawValue) }
            for item in items { call.arguments.append(item.id) }
            for index in items.indices { call.arguments.append(tombstones?[index] ?? "") }
            if let outcomes { call.arguments.append(contentsOf: outcomes.settlementArguments) }
            return call
        }
        guard let elements = reply.elements, elements.count == 6, case .string(let letters) = elements[4],
            letters.count == items.count, let notices = elements[5].integer
        else { throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to settle.lua") }
        if notices > 0 { await bell.ring(for: account) }
        let answers = letters.map { letter -> Answer in
            switch letter {
            case UInt8(ascii: "a"): .activated
            case UInt8(ascii: "m"): .alreadyActivated
            case UInt8(ascii: "l"): .released
            case UInt8(ascii: "u"): .notHeld
            default: nil
            }
        }
        runner.metrics.settled(answers)
        return answers
    }

    /// Under which names erased contacts may stand. A holder that was never erased has its own, so that nothing is lost
    /// without the key. What is believed says whether they are needed for the current period only.
    private func tombstones(
        of items: [Item], in account: String, _ period: PeriodName, _ belief: AccountBelief
    ) -> [String]? {
        guard let tombstones else { return nil }
        let mark = IdentitiesMark(belief.identities)
        let isCurrent = belief.day.period.name == period
        let hasErased = mark?.period == Substring(period.description) && mark?.key != nil
        guard !isCurrent || hasErased else { return nil }
        return items.map { tombstones.tombstone(of: $0.contact, in: account, period) }
    }
}
