internal import Foundation
internal import RedisClient

/// The accounts' scenarios: made, changed, started by events, watched and ended. Workers (`headcount worker`) carry out
/// their runs.
///
/// Keys: those of `trigger.lua` and `scenario.lua`, and `hc:due:scenarios`.
public struct Scenarios: Sendable {
    let limiter: Limiter

    var runner: ScriptRunner { limiter.runner }
    var keys: Keyspace { limiter.keys }

    /// Makes a scenario.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidScenario`, `conflict` if there is one of that id, `unavailable`.
    public func add(
        _ id: String, to account: String, _ definition: Scenario.Definition, isEnabled: Bool = true, by who: String
    ) async throws {
        let (isDone, number) = try await write(id, of: account, "add", definition, isEnabled, by: who)
        guard isDone else {
            throw number < 0
                ? HeadcountError(.conflict, "the account has 200 scenarios already; remove some", value: id)
                : HeadcountError(.conflict, "the account has a scenario of that id; choose another id", value: id)
        }
    }

    /// Makes a scenario, or replaces it: runs under way go on by the new definition.
    ///
    /// - Parameter isEnabled: nil: as it was, or enabled.
    /// - Returns: Whether it was made.
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidScenario`, `conflict` if the account has too many, `unavailable`.
    @discardableResult
    public func put(
        _ id: String, of account: String, _ definition: Scenario.Definition, isEnabled: Bool? = nil, by who: String
    ) async throws -> Bool {
        let (isDone, number) = try await write(id, of: account, "put", definition, isEnabled, by: who)
        guard isDone else {
            throw HeadcountError(.conflict, "the account has 200 scenarios already; remove some", value: id)
        }
        return number == 1
    }

    /// Lets events start it, and its runs go on.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidScenario`, `notFound`, `unavailable`.
    public func enable(_ id: String, of account: String) async throws {
        _ = try await change(id, of: account, "running")
        try await limiter.dueScenarios.hurry("\(account) \(id)")
    }

    /// No event starts it any more; runs under way wait until it is enabled again.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidScenario`, `notFound`, `unavailable`.
    public func disable(_ id: String, of account: String) async throws {
        _ = try await change(id, of: account, "paused")
    }

    /// Removes it; its runs under way end.
    ///
    /// - Returns: How many there were.
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidScenario`, `notFound`, `unavailable`.
    @discardableResult
    public func remove(_ id: String, of account: String) async throws -> Int {
        let runs = try await change(id, of: account, "remove")
        try await limiter.dueScenarios.remove("\(account) \(id)")
        return runs
    }

    /// One scenario.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidScenario`, `notFound`, `unavailable`.
    public func scenario(_ id: String, of account: String) async throws -> Scenario {
        try check(account, id)
        guard let scenario = try await stored(id, of: account) else { throw notFound(id) }
        return scenario
    }

    /// The account's scenarios, by id.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `unavailable`.
    public func list(of account: String) async throws -> [Scenario] {
        let ids = try await set(of: account).scenarios.map(\.id)
        return try await concurrently(ids) { try await stored($0, of: account) }.compactMap { $0 }
    }

    /// The ids of the account's scenarios, also of those that another version wrote and this one can't read.
    func ids(of account: String) async throws -> [String] {
        let fields = try await runner.send(["HKEYS", keys.scenarios(account)]).elements ?? []
        return fields.compactMap(\.text).filter { $0 != ":version" }.sorted()
    }

    /// The scenarios as intake needs them.
    func set(of account: String) async throws -> ScenarioSet {
        try Identifier.check(account: account)
        return ScenarioSet(try await runner.send(["HGETALL", keys.scenarios(account)]).fields ?? [:])
    }

    private func stored(_ id: String, of account: String) async throws -> Scenario? {
        let place = ScenarioKeys(keys, account, id)
        let call = ScriptCall(keys: [place.scenario, place.jobs, place.parked], arguments: [])
        let (reply, _) = try await runner.run(LimiterScripts.progress, for: account) { _ in call }
        guard let elements = reply.elements, elements.count == 3, let fields = elements[0].fields,
            let active = elements[1].integer, let parked = elements[2].integer
        else { throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to progress.lua") }
        return Scenario(account, id, fields: fields, active: active, parked: parked)
    }

    private func write(
        _ id: String, of account: String, _ what: String, _ definition: Scenario.Definition, _ isEnabled: Bool?,
        by who: String
    ) async throws -> (isDone: Bool, number: Int) {
        try check(account, id)
        try definition.check()
        try Identifier.check(who: who)
        guard try limiter.configuration.actionKinds.counts(.scenario(id)) else {
            throw HeadcountError(
                .invalidAction, "this kind of action costs nothing by the configuration, and nothing would be limited",
                value: Action.scenario(id).kind)
        }
        let json = String(decoding: try JSONText.data(definition), as: UTF8.self)
        let state = isEnabled.map { $0 ? "running" : "paused" } ?? ""
        let delays = definition.steps.map { String($0.delay * 1_000) }.joined(separator: ",")
        return try await call(
            id, of: account,
            [
                what, json, state, ReservationToken.randomID(), "definition", json, "who", who, "delays", delays,
                "window",
                definition.replyWindow.map { String($0 * 1_000) } ?? "", "coolDown",
                String(definition.coolDown * 1_000),
            ])
    }

    private func change(_ id: String, of account: String, _ what: String) async throws -> Int {
        try check(account, id)
        let (isDone, number) = try await call(id, of: account, [what])
        guard isDone else { throw notFound(id) }
        return number
    }

    private func call(
        _ id: String, of account: String, _ arguments: [String]
    ) async throws -> (isDone: Bool, number: Int) {
        let place = ScenarioKeys(keys, account, id)
        let call = ScriptCall(
            keys: [
                keys.scenarios(account), place.scenario, place.jobs, place.runs, place.queue, place.again, place.later,
                place.parked, place.cooling, place.ended,
            ], arguments: [id] + arguments)
        let (reply, _) = try await runner.run(LimiterScripts.scenario, for: account) { _ in call }
        guard let elements = reply.elements, elements.count == 2, let isDone = elements[0].integer,
            let number = elements[1].integer
        else { throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to scenario.lua") }
        return (isDone == 1, number)
    }

    func check(_ account: String, _ id: String) throws(HeadcountError) {
        try Identifier.check(account: account)
        try Identifier.check(scenario: id)
    }

    func notFound(_ id: String) -> HeadcountError {
        HeadcountError(.notFound, "the account has no such scenario; `headcount scenario list` shows them", value: id)
    }
}

extension Limiter {
    /// The accounts' scenarios.
    public var scenarios: Scenarios { Scenarios(limiter: self) }
}
