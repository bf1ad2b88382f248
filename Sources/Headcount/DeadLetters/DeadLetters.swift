internal import Foundation
internal import RedisClient

/// Scenarios' runs that ended without their step being known to be accepted.
///
/// Keys: the account's `dead`, and those of the scenarios that are replayed.
public struct DeadLetters: Sendable {
    /// What became of a letter that was to be replayed.
    public enum Replay: String, Sendable, CaseIterable, Codable {
        /// Its run goes on.
        case replayed
        /// The contact has a run of that scenario under way.
        case busy
        /// Its reply window has closed: it can go on when the contact has done something again.
        case expired
        /// The account has no such scenario any more.
        case noScenario = "no_scenario"
        /// There is no such letter.
        case gone
    }

    /// Each has an event with it, of up to some 15 KB.
    private static let pageSize = 200

    let limiter: Limiter

    private var runner: ScriptRunner { limiter.runner }
    private var keys: Keyspace { limiter.keys }

    /// The account's letters, newest first.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `unavailable`.
    public func list(of account: String, scenario: String? = nil, newest count: Int = 100) async throws -> [DeadLetter]
    {
        try Identifier.check(account: account)
        var found: [DeadLetter] = []
        var from = "+"
        while found.count < max(1, count) {
            let reply = try await runner.send(
                ["XREVRANGE", keys.deadLetters(account), from, "-", "COUNT", String(Self.pageSize)])
            guard let last = reply.elements?.last?.elements?.first?.text else { break }
            found += Self.letters(reply, account).filter { scenario == nil || $0.scenario == scenario }
            from = "(" + last
        }
        return Array(found.prefix(max(1, count)))
    }

    /// How many the account has.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `unavailable`.
    public func count(of account: String) async throws -> Int {
        try Identifier.check(account: account)
        return try await runner.send(["XLEN", keys.deadLetters(account)]).integer ?? 0
    }

    /// One letter.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `notFound`, `unavailable`.
    public func letter(_ id: String, of account: String) async throws -> DeadLetter {
        guard let letter = try await find(id, of: account) else {
            throw HeadcountError(
                .notFound, "the account has no such dead letter; `headcount dead list` shows them", value: id)
        }
        return letter
    }

    /// Lets a letter's run go on at the step at which it ended. The letter is gone then.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `unavailable`.
    public func replay(_ id: String, of account: String) async throws -> Replay {
        guard let letter = try await find(id, of: account) else { return .gone }
        let place = ScenarioKeys(keys, account, letter.scenario)
        let call = ScriptCall(
            keys: [
                keys.deadLetters(account), keys.scenarios(account), place.scenario, place.jobs, place.runs, place.queue,
                place.again, keys.ended(account), keys.heard(account),
            ], arguments: [id, letter.scenario, String(ScenarioKeys.runRetention)])
        // Should the reply be lost: whoever asks again is told that the letter is gone.
        try await limiter.dueScenarios.expect(["\(account) \(letter.scenario)"])
        let (reply, _) = try await runner.run(LimiterScripts.revive, for: account) { _ in call }
        guard let result = reply.text.flatMap(Replay.init(rawValue:)) else {
            throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to revive.lua")
        }
        if result == .replayed { try await limiter.dueScenarios.hurry("\(account) \(letter.scenario)") }
        return result
    }

    /// Deletes letters.
    ///
    /// - Returns: How many of them there were.
    /// - Throws: ``HeadcountError``: `invalidAccount`, `unavailable`.
    @discardableResult
    public func purge(_ ids: [String], of account: String) async throws -> Int {
        try Identifier.check(account: account)
        let ids = ids.filter(Self.isID)
        guard !ids.isEmpty else { return 0 }
        return try await runner.send(RedisCommand(["XDEL", keys.deadLetters(account)] + ids)).integer ?? 0
    }

    /// All of the account's letters, or of one of its scenarios: page by page, oldest first.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `unavailable`; what `body` throws.
    public func forEachPage(
        of account: String, scenario: String? = nil, _ body: ([DeadLetter]) async throws -> Void
    ) async throws {
        try Identifier.check(account: account)
        var from = "-"
        while true {
            let reply = try await runner.send([
                "XRANGE", keys.deadLetters(account), from, "+", "COUNT", String(Self.pageSize),
            ])
            guard let last = reply.elements?.last?.elements?.first?.text else { return }
            let letters = Self.letters(reply, account)
            try await body(letters.filter { scenario == nil || $0.scenario == scenario })
            from = "(" + last
        }
    }

    /// Accounts that have letters, and how many, by account.
    ///
    /// - Throws: ``HeadcountError``: `unavailable`.
    public func accounts() async throws -> [(account: String, count: Int)] {
        var accounts: Set<String> = []
        try await limiter.scanKeys(matching: keys.anyDeadLettersPattern) { page in
            accounts.formUnion(page.compactMap { keys.account(ofKey: $0) })
        }
        let counts = try await concurrently(accounts.sorted()) { (account: $0, count: try await count(of: $0)) }
        return counts.filter { $0.count > 0 }
    }

    private func find(_ id: String, of account: String) async throws -> DeadLetter? {
        try Identifier.check(account: account)
        guard Self.isID(id) else { return nil }
        return Self.letters(try await runner.send(["XRANGE", keys.deadLetters(account), id, id]), account).first
    }

    private static func isID(_ id: String) -> Bool { id.wholeMatch(of: /[0-9]{1,19}-[0-9]{1,19}/) != nil }

    private static func letters(_ reply: RedisValue, _ account: String) -> [DeadLetter] {
        (reply.elements ?? []).compactMap { entry in
            guard let parts = entry.elements, parts.count == 2, let id = parts[0].text, let fields = parts[1].fields
            else { return nil }
            return DeadLetter(id, account, fields)
        }
    }
}

extension DeadLetter {
    /// Nil if the fields are not those of a letter.
    fileprivate init?(_ id: String, _ account: String, _ fields: [String: String]) {
        guard let run = ScenarioRun(id: id, ended: fields),
            let outcome = fields["outcome"].flatMap(Outcome.init(rawValue:)), let at = run.at,
            let event = fields["event"].flatMap(EventDocument.init(json:))
        else { return nil }
        self.id = id
        self.account = account
        scenario = run.scenario
        self.run = run.number
        contact = run.contact
        step = run.step
        attempts = run.attempts
        self.outcome = outcome
        reason = run.reason
        self.event = event.event(by: run.contact)
        self.at = at
    }
}

extension Limiter {
    /// The accounts' dead letters.
    public var deadLetters: DeadLetters { DeadLetters(limiter: self) }
}
