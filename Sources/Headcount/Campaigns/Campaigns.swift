public import Foundation
internal import RedisClient

/// The campaigns of accounts: made, loaded with an audience, started, watched, and ended. Workers (`headcount worker`)
/// send them.
///
/// Keys: those of `claim.lua`, the account's `campaigns`, and `hc:due:campaigns`.
public struct Campaigns: Sendable {
    /// How long a campaign may take unless it is told.
    public static let defaultLifetime: Duration = .seconds(45 * 86_400)
    /// How long a campaign is kept after it has expired.
    static let retention = 45 * 86_400

    let runner: ScriptRunner
    let keys: Keyspace
    let limiter: Limiter

    /// Makes a campaign without an audience: ``load(_:part:into:of:)`` it, then ``start(_:of:)``.
    ///
    /// - Parameters:
    ///   - id: 1 to 64 letters, digits, `.`, `_` and `-`; no other campaign of the account that is still kept has it.
    ///   - action: the URL that is called for each contact.
    ///   - expires: when what is not sent is given up; at most a year ahead. Nil: in 45 days.
    ///   - who: who is named as having started it.
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidCampaign`, `conflict` if there is one of that id, `unavailable`.
    public func make(
        _ id: String, of account: String, action: String, expires: Date? = nil, by who: String
    ) async throws {
        try check(account, id)
        guard try limiter.configuration.actionKinds.counts(.campaign(id)) else {
            throw HeadcountError(
                .invalidAction, "this kind of action costs nothing by the configuration, and nothing would be limited",
                value: Action.campaign(id).kind)
        }
        try Identifier.check(url: action, .invalidCampaign)
        try Identifier.check(who: who)
        let now = try await limiter.askTime()
        let expires = expires ?? now.addingTimeInterval(TimeInterval(Self.defaultLifetime.components.seconds))
        guard expires > now, expires < now.addingTimeInterval(366 * 86_400) else {
            throw HeadcountError(
                .invalidCampaign, "a campaign expires in the future, and within a year",
                value: expires.formatted(.iso8601))
        }
        let (isDone, state) = try await change(
            id, of: account, to: "loading",
            [
                "keysExpire", String(expires.epochSeconds + Self.retention), "nonce", ReservationToken.randomID(),
                "expires", String(expires.epochSeconds), "action", action, "who", who,
            ])
        guard isDone else {
            throw HeadcountError(
                .conflict, "the account has a campaign of that id, which is \(state); choose another id",
                value: id)
        }
    }

    /// Adds contacts to the audience of a campaign that is loading; those that it has already are left out.
    ///
    /// - Parameter part: the number of this part of the audience, from 1 on; a part that is sent twice changes nothing. Nil:
    ///   whichever comes next, for several callers at once.
    /// - Returns: How many contacts the audience has by now.
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidContact`, `invalidCampaign`, `notFound`, `conflict`, `unavailable`.
    @discardableResult
    public func load(_ contacts: [String], part: Int? = nil, into id: String, of account: String) async throws -> Int {
        try check(account, id)
        for contact in contacts { try Identifier.check(contact: contact) }
        guard (1...LimiterScripts.maximumContacts).contains(contacts.count) else {
            throw HeadcountError(
                .invalidCampaign, "a part of an audience has 1 to 512 contacts", value: String(contacts.count))
        }
        let place = AutomationKeys(keys, account, id)
        let call = ScriptCall(
            keys: [place.campaign, place.jobs, place.queue], arguments: [String(part ?? 0)] + contacts)
        let (reply, _) = try await runner.run(LimiterScripts.load, for: account) { _ in call }
        guard let elements = reply.elements, elements.count == 3, let state = elements[0].text,
            let total = elements[1].integer
        else { throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to load.lua") }
        guard state == Campaign.State.loading.rawValue else { throw wrongState(id, state, "be loaded") }
        return total
    }

    /// Starts a campaign that was loaded.
    ///
    /// - Parameter paused: nothing is sent until it is resumed.
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidCampaign`, `notFound`, `conflict`, `unavailable`.
    public func start(_ id: String, of account: String, paused: Bool = false) async throws {
        let state = paused ? Campaign.State.paused : .running
        try await move(id, of: account, to: state, from: [.loading, state], "be started")
    }

    /// Stops sending until it is resumed; what is under way is finished.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidCampaign`, `notFound`, `conflict`, `unavailable`.
    public func pause(_ id: String, of account: String) async throws {
        try await move(id, of: account, to: .paused, from: [.running, .paused], "be paused")
    }

    /// Goes on with a paused campaign.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidCampaign`, `notFound`, `conflict`, `unavailable`.
    public func resume(_ id: String, of account: String) async throws {
        try await move(id, of: account, to: .running, from: [.paused, .running], "be resumed")
    }

    /// Ends a campaign: who was not sent it is skipped. What is under way is finished.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidCampaign`, `notFound`, `conflict`, `unavailable`.
    public func cancel(_ id: String, of account: String) async throws {
        try await move(
            id, of: account, to: .cancelled, from: [.loading, .running, .paused, .cancelled], "be cancelled")
    }

    /// Forgets a campaign whose audience could not be loaded.
    package func abandon(_ id: String, of account: String) async throws {
        _ = try await change(id, of: account, to: "gone", [Campaign.State.loading.rawValue])
    }

    /// Tries contacts once more that failed, or of which nobody knows whether they were sent to.
    ///
    /// - Returns: How many.
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidCampaign`, `notFound`, `conflict`, `unavailable`.
    @discardableResult
    public func retry(
        _ outcomes: Set<CampaignOutcome.Outcome>, in id: String, of account: String
    ) async throws -> Int {
        guard !outcomes.isEmpty, outcomes.isSubset(of: [.failed, .unknown]) else {
            throw HeadcountError(.invalidCampaign, "only those that are failed or unknown can be tried again")
        }
        let letters = (outcomes.contains(.failed) ? "f" : "") + (outcomes.contains(.unknown) ? "u" : "")
        let place = AutomationKeys(keys, account, id)
        var number = 0
        try await look(after: id, of: account)
        try await forEachPage(of: id, account) { campaign, page in
            let wanted = page.filter { outcomes.contains($0.outcome) && $0.contact != nil }
            for start in stride(from: 0, to: max(1, wanted.count), by: LimiterScripts.maximumContacts) {
                // Once without anybody too, which tells whether the campaign is in a state for it.
                let part = wanted[start..<min(wanted.count, start + LimiterScripts.maximumContacts)]
                guard [.running, .paused, .finished].contains(campaign.state) else {
                    throw wrongState(id, campaign.state.rawValue, "be tried again")
                }
                if part.isEmpty { continue }
                let call = ScriptCall(
                    keys: [place.campaign, place.jobs, place.again],
                    arguments: [letters] + part.flatMap { [$0.contact ?? "", String($0.attempts)] })
                let (reply, _) = try await runner.run(LimiterScripts.retry, for: account) { _ in call }
                number += reply.elements?.first?.integer ?? 0
            }
        }
        try await look(after: id, of: account)
        return number
    }

    /// One campaign and how far it is.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidCampaign`, `notFound`, `unavailable`.
    public func campaign(_ id: String, of account: String) async throws -> Campaign {
        try check(account, id)
        guard let campaign = try await stored(id, of: account) else { throw wrongState(id, "gone", "be looked at") }
        return campaign
    }

    /// The account's campaigns, newest first.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `unavailable`.
    public func list(of account: String, newest count: Int = 1_000) async throws -> [Campaign] {
        try Identifier.check(account: account)
        let ids =
            try await runner.send(["ZREVRANGE", keys.campaigns(account), "0", String(max(1, count) - 1)]).elements ?? []
        return try await concurrently(ids.compactMap(\.text)) { try await stored($0, of: account) }.compactMap { $0 }
    }

    /// What became of each contact, page by page, in no order.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidCampaign`, `unavailable`; what `body` throws.
    public func forEachPage(
        of id: String, _ account: String, _ body: (Campaign, [CampaignOutcome]) async throws -> Void
    ) async throws {
        let campaign = try await campaign(id, of: account)
        try await limiter.scan(["HSCAN", AutomationKeys(keys, account, id).jobs]) { page in
            var outcomes: [CampaignOutcome] = []
            for index in stride(from: 0, to: page.count - 1, by: 2) {
                let outcome = CampaignOutcome(contact: page[index], job: page[index + 1], in: campaign.state)
                if let outcome { outcomes.append(outcome) }
            }
            try await body(campaign, outcomes)
        }
    }

    private func stored(_ id: String, of account: String) async throws -> Campaign? {
        let place = AutomationKeys(keys, account, id)
        async let fields = runner.send(["HGETALL", place.campaign])
        async let parked = runner.send(["ZCARD", place.parked])
        return Campaign(
            account, id,
            .init(fields: try await fields.fields ?? [:], parked: try await parked.integer ?? 0))
    }

    private func move(
        _ id: String, of account: String, to state: Campaign.State, from states: [Campaign.State], _ what: String
    ) async throws {
        try check(account, id)
        // Before as well: a campaign that is running is never one that nobody looks after.
        if state == .running { try await look(after: id, of: account) }
        let (isDone, found) = try await change(id, of: account, to: state.rawValue, states.map(\.rawValue))
        guard isDone else { throw wrongState(id, found, what) }
        if state == .running { try await look(after: id, of: account) }
    }

    private func change(
        _ id: String, of account: String, to state: String, _ arguments: [String]
    ) async throws -> (isDone: Bool, state: String) {
        let place = AutomationKeys(keys, account, id)
        let call = ScriptCall(
            keys: [
                place.campaign, place.jobs, place.queue, place.again, place.later, place.parked,
                keys.campaigns(account),
            ],
            arguments: [id, state] + arguments)
        let (reply, _) = try await runner.run(LimiterScripts.campaign, for: account) { _ in call }
        guard let elements = reply.elements, elements.count == 2, let isDone = elements[0].integer,
            let found = elements[1].text
        else { throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to campaign.lua") }
        return (isDone == 1, found)
    }

    /// Has a worker look at it at once.
    private func look(after id: String, of account: String) async throws {
        try await DueList(runner: runner, key: keys.dueCampaigns).hurry("\(account) \(id)")
    }

    private func check(_ account: String, _ id: String) throws {
        try Identifier.check(account: account)
        try Identifier.check(campaign: id)
    }

    private func wrongState(_ id: String, _ state: String, _ what: String) -> HeadcountError {
        state == "gone"
            ? HeadcountError(
                .notFound, "the account has no such campaign; `headcount campaign list` shows them", value: id)
            : HeadcountError(.conflict, "the campaign is \(state) and can't \(what)", value: id)
    }
}

extension Limiter {
    /// The accounts' campaigns.
    public var campaigns: Campaigns { Campaigns(runner: runner, keys: keys, limiter: self) }
}
