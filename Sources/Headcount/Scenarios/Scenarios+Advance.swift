internal import Foundation
internal import RedisClient

extension Scenarios {
    /// Goes on with runs whose step was settled, parked or put off (advance.lua). May be repeated.
    func advance(_ contacts: [String], of id: String, _ account: String) async throws {
        let place = ScenarioKeys(keys, account, id)
        for start in stride(from: 0, to: contacts.count, by: 256) {
            let part = contacts[start..<min(contacts.count, start + 256)]
            let call = ScriptCall(
                keys: [
                    place.scenario, place.jobs, place.runs, place.later, place.cooling, place.ended,
                    keys.ended(account),
                    keys.deadLetters(account),
                ] + part.map { keys.contact(account, $0) },
                arguments: [id, String(ScenarioKeys.runRetention), String(ScenarioKeys.listRetention)] + part)
            let (reply, _) = try await runner.run(LimiterScripts.advance, for: account) { _ in call }
            runner.metrics.wroteDeadLetters(reply.integer ?? 0)
        }
    }

    /// What a worker left behind that died before it could go on.
    func advanceLeftovers(of id: String, _ account: String) async throws {
        let place = ScenarioKeys(keys, account, id)
        let left = try await runner.send(["SRANDMEMBER", place.ended, "256"]).elements ?? []
        try await advance(left.compactMap(\.text), of: id, account)
    }
}
