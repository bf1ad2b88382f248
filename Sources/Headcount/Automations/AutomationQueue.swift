internal import Foundation
internal import RedisClient

/// What workers do with campaigns and scenarios: take contacts, record attempts, and record what became of them.
package struct AutomationQueue: Sendable {
    /// What bounds a worker, and all of them together.
    package struct Bounds: Sendable {
        /// How long a contact is a worker's before it counts as dead.
        package var lease: Duration
        /// Most contacts under way for an account, of all workers together.
        package var accountConcurrency: Int
        /// Most sends a second for an account, of all workers together; 0: any number.
        package var accountRate: Double

        package init(lease: Duration, accountConcurrency: Int, accountRate: Double) {
            self.lease = lease
            self.accountConcurrency = accountConcurrency
            self.accountRate = accountRate
        }
    }

    /// A contact that a worker has taken.
    package struct Taken: Sendable {
        package let contact: String
        /// How often it was attempted before.
        package let attempts: Int
        /// Of a scenario.
        package let run: TakenRun?
        /// The stream, q or a, and the entry in it.
        fileprivate let stream: String
        fileprivate let entry: String
        /// Names its holder, so that recording the attempt twice is recording it once.
        fileprivate let holder = ReservationToken.randomID()
    }

    /// What workers need to know of an automation.
    package struct Order: Hashable, Sendable {
        package let name: AutomationName
        /// Tells it from another one of the same id, made before or after it.
        package let nonce: String
        /// The URL that is called for a contact, of each step.
        fileprivate let actions: [String]
        /// When its keys expire, in epoch seconds.
        fileprivate let keysExpire: Int

        /// The URL of a step, from 1.
        package func action(ofStep step: Int) -> String {
            actions.isEmpty ? "" : actions[min(max(1, step), actions.count) - 1]
        }
    }

    package struct Claim: Sendable {
        package let order: Order
        /// Nil if the campaign is gone.
        package let state: Campaign.State?
        /// When it is worth asking again; nil: never.
        package let wait: Duration?
        package let taken: [Taken]
        /// The account has as many under way as it may.
        package let isFull: Bool
    }

    /// An attempt that is recorded and may be made.
    package struct Attempt: Sendable {
        package let taken: Taken
        /// Nil for a contact that was counted before.
        fileprivate let token: ReservationToken?

        package var contact: String { taken.contact }
        /// 1 for the first.
        package var number: Int { taken.attempts + 1 }
    }

    /// What became of an attempt.
    package enum Outcome: Sendable, Hashable {
        case sent
        case failed(String)
        case unknown(String)
        /// Definitely not sent; to be tried again after this time.
        case later(Duration, String)
    }

    private let limiter: Limiter
    private let worker: String
    private let records: GroupCommit<Order, (attempt: Attempt, outcome: Outcome), Void>

    /// - Parameter worker: names the worker among all others: no spaces.
    package init(limiter: Limiter, worker: String) {
        self.limiter = limiter
        self.worker = worker
        records = GroupCommit(maximumItems: LimiterScripts.maximumContacts) { made, order in
            try await Self.finish(made, of: order, limiter)
            return made.map { _ in }
        }
    }

    /// Campaigns that somebody is to look at now; nobody else does for as long as the lease.
    package func due(
        _ kind: AutomationKind, most: Int, lease: Duration
    ) async throws -> (names: [AutomationName], wait: Duration) {
        let (texts, wait) = try await list(kind).take(most: most, lease: lease)
        return (texts.compactMap { AutomationName(kind, $0) }, wait)
    }

    private func list(_ kind: AutomationKind) -> DueList {
        switch kind {
        case .campaign: limiter.dueCampaigns
        case .scenario: limiter.dueScenarios
        }
    }

    /// When somebody is to look at it next, after a claim.
    package func look(after claim: Claim) async throws {
        let name = claim.order.name
        guard let wait = claim.wait else { return try await list(name.kind).leave(name.text) }
        try await look(at: name, in: wait)
    }

    /// When somebody is to look at it next.
    package func look(at name: AutomationName, in time: Duration) async throws {
        try await list(name.kind).put(off: name.text, by: time)
    }

    /// Takes contacts to attempt.
    package func claim(_ name: AutomationName, most: Int, _ bounds: Bounds) async throws -> Claim {
        let place = AutomationKeys(limiter.keys, name)
        let plan = limiter.configuration.plans.defaultPlan
        let (reply, _) = try await limiter.runner.run(LimiterScripts.claim, for: name.account) { belief in
            let day = belief.day
            let period = day.period.name
            return ScriptCall(
                keys: [
                    place.campaign, place.jobs, place.queue, place.again, place.later, place.parked, place.sending,
                    place.pace, limiter.keys.members(name.account, period), limiter.keys.held(name.account, period),
                    limiter.keys.plan(name.account),
                ] + scenarioKeys(name),
                arguments: [
                    belief.schedule.fields, String(day.start.epochSeconds), String(day.end.epochSeconds),
                    String(plan.limit), plan.mode.rawValue, period.description, worker, name.sending,
                    String(min(most, LimiterScripts.maximumContacts)), String(bounds.lease.milliseconds),
                    String(bounds.accountConcurrency), String(bounds.accountRate),
                ])
        }
        guard let elements = reply.elements, elements.count == 9, let state = elements[0].text,
            let wait = elements[1].integer, let flat = elements[2].elements, flat.count.isMultiple(of: 4),
            let endedCount = elements[7].integer, let runs = elements[8].elements, let action = elements[3].text,
            let nonce = elements[4].text, let keysExpire = elements[5].integer
        else { throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to claim.lua") }
        var taken: [Taken] = []
        for index in stride(from: 0, to: flat.count, by: 4) {
            guard let stream = flat[index].text, let entry = flat[index + 1].text,
                let contact = flat[index + 2].text, let attempts = flat[index + 3].integer
            else { continue }
            let run = index / 4 < runs.count ? runs[index / 4].text.flatMap(TakenRun.init) : nil
            taken.append(Taken(contact: contact, attempts: attempts, run: run, stream: stream, entry: entry))
        }
        if endedCount > 0 { try await limiter.scenarios.advanceLeftovers(of: name.id, name.account) }
        let order =
            switch name.kind {
            case .campaign: Order(name: name, nonce: nonce, actions: [action], keysExpire: keysExpire)
            case .scenario:
                Order(
                    name: name, nonce: nonce, actions: Scenario.Definition(json: action)?.steps.map(\.action) ?? [],
                    keysExpire: limiter.serverTime.epochSeconds + ScenarioKeys.runRetention)
            }
        return Claim(
            order: order, state: Campaign.State(rawValue: state), wait: wait < 0 ? nil : .milliseconds(wait),
            taken: taken, isFull: elements[6].integer == 1)
    }

    private func scenarioKeys(_ name: AutomationName) -> [String] {
        guard name.kind == .scenario else { return [] }
        let place = ScenarioKeys(limiter.keys, name.account, name.id)
        return [place.runs, limiter.keys.heard(name.account), place.ended]
    }

    /// Holds slots and records that attempts will be made; who the limit refuses is parked. Answers those that may be made.
    /// May be repeated when its outcome is unknown.
    package func begin(
        _ taken: [Taken], of order: Order, lease: Duration
    ) async throws -> (attempts: [Attempt], parked: Int) {
        guard !taken.isEmpty else { return ([], 0) }
        let name = order.name
        let place = AutomationKeys(limiter.keys, name)
        let attempts = AutomationAttempts(
            reservationKeys: [
                place.campaign, place.jobs, place.queue, place.again, place.parked, place.sending,
            ],
            reservationArguments: [name.sending, String(order.keysExpire)] + taken.map { "\($0.stream) \($0.entry)" })
        let answers = try await limiter.reserver.reserve(
            taken.map { .init(contact: $0.contact, id: $0.holder) },
            in: .init(account: name.account, kind: name.action.kind, lease: lease), for: attempts)
        var made: [Attempt] = []
        var parked: [String] = []
        for (taken, answer) in zip(taken, answers) {
            guard let answer else { continue }
            if answer.verdict.isAdmitted {
                made.append(Attempt(taken: taken, token: answer.token))
            } else {
                parked.append(taken.contact)
            }
        }
        if name.kind == .scenario { try await limiter.scenarios.advance(parked, of: name.id, name.account) }
        return (made, parked.count)
    }

    /// Settles the slot and records what became of the attempt, in one step. Those of a campaign that are waiting at the
    /// same moment share a call.
    package func finish(_ attempt: Attempt, _ outcome: Outcome, of order: Order) async throws {
        try await records.ask((attempt, outcome), in: order)
    }

    private static func finish(
        _ made: [(attempt: Attempt, outcome: Outcome)], of order: Order, _ limiter: Limiter
    ) async throws {
        let name = order.name
        let place = AutomationKeys(limiter.keys, name)
        let current = limiter.runner.belief(of: name.account).day.period.name
        let now = limiter.serverTime
        let byPeriod = Dictionary(grouping: made) { $0.attempt.token?.period ?? current }
        for (period, made) in byPeriod {
            let outcomes = AutomationOutcomes(
                settlementKeys: [
                    place.campaign, place.jobs, place.queue, place.again, place.later, place.sending,
                ] + (name.kind == .scenario ? [ScenarioKeys(limiter.keys, name.account, name.id).ended] : []),
                settlementArguments: [name.sending, String(order.keysExpire)]
                    + made.map { made in
                        let taken = made.attempt.taken
                        return
                            "\(made.attempt.number) \(taken.stream) \(taken.entry) \(made.outcome.text(now: now))"
                    })
            let items = made.map { made in
                Settler.Item(
                    contact: made.attempt.contact,
                    what: made.attempt.token == nil ? .nothing : made.outcome.settlement,
                    id: made.attempt.token?.id ?? "")
            }
            _ = try await limiter.settler.settle(
                items, in: .init(account: name.account, period: period), for: outcomes)
        }
        if name.kind == .scenario {
            try await limiter.scenarios.advance(made.map(\.attempt.contact), of: name.id, name.account)
        }
    }
}

extension AutomationQueue.Outcome {
    fileprivate var settlement: Settler.What {
        switch self {
        case .sent: .confirm
        case .failed, .later: .release
        case .unknown: .keep
        }
    }

    /// A letter and a detail, as settle.lua wants them.
    fileprivate func text(now: Date) -> String {
        switch self {
        case .sent: "s "
        case .failed(let reason): "f \(reason.printable)"
        case .unknown(let reason): "u \(reason.printable)"
        case .later(let time, let reason):
            "l \(Int(now.timeIntervalSince1970 * 1_000) + time.milliseconds) \(reason.printable)"
        }
    }
}
