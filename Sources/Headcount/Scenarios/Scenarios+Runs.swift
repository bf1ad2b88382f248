internal import Foundation
internal import RedisClient

extension Scenarios {
    /// Runs under way, and those of the account's last 1,000 that ended, newest first.
    ///
    /// - Parameter scenario: only its runs; nil: those of all of the account's.
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidScenario`, `notFound`, `unavailable`.
    public func runs(
        of account: String, scenario: String? = nil,
        states: Set<ScenarioRun.State> = Set(ScenarioRun.State.allCases), newest count: Int = 100
    ) async throws -> [ScenarioRun] {
        var ids: [String]
        if let scenario {
            _ = try await self.scenario(scenario, of: account)
            ids = [scenario]
        } else {
            ids = try await set(of: account).scenarios.map(\.id)
        }
        var found: [ScenarioRun] = []
        if states.contains(where: \.isActive) {
            for id in ids {
                let place = ScenarioKeys(keys, account, id)
                try await limiter.scan(["HSCAN", place.jobs]) { page in
                    let contacts = stride(from: 0, to: page.count - 1, by: 2).map { page[$0] }
                    if contacts.isEmpty { return }
                    let runs = try await runner.send(RedisCommand(["HMGET", place.runs] + contacts)).elements ?? []
                    for (index, contact) in contacts.enumerated() where index < runs.count {
                        let run = ScenarioRun(
                            id, contact, job: page[index * 2 + 1], run: runs[index].text ?? "")
                        if let run, states.contains(run.state) { found.append(run) }
                    }
                    if found.count > 4 * count { found = Self.newest(count, of: found) }
                }
            }
        }
        if states.contains(where: { !$0.isActive }) {
            let entries =
                try await runner.send(["XREVRANGE", keys.ended(account), "+", "-", "COUNT", "1100"]).elements ?? []
            for entry in entries {
                guard let parts = entry.elements, parts.count == 2, let fields = parts[1].fields,
                    let run = ScenarioRun(id: parts[0].text ?? "", ended: fields)
                else { continue }
                if ids.contains(run.scenario), states.contains(run.state) { found.append(run) }
            }
        }
        return Self.newest(count, of: found)
    }

    private static func newest(_ count: Int, of runs: [ScenarioRun]) -> [ScenarioRun] {
        Array(runs.sorted { ($0.at ?? .distantPast) > ($1.at ?? .distantPast) }.prefix(max(0, count)))
    }

    /// What is known of a contact: its runs under way, and what happened with it.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidContact`, `unavailable`.
    public func history(of contact: String, in account: String) async throws -> ContactHistory {
        try Identifier.check(contact: contact)
        var runs: [ScenarioRun] = []
        for entry in try await set(of: account).scenarios {
            let place = ScenarioKeys(keys, account, entry.id)
            let job = try await runner.send(["HGET", place.jobs, contact]).text
            let run = try await runner.send(["HGET", place.runs, contact]).text
            if let job, let run, let run = ScenarioRun(entry.id, contact, job: job, run: run) { runs.append(run) }
        }
        let lines = try await runner.send(["LRANGE", keys.contact(account, contact), "0", "-1"]).elements ?? []
        let heard = try await runner.send(["ZSCORE", keys.heard(account), contact]).text
        return ContactHistory(
            contact: contact, runs: runs, records: lines.reversed().compactMap { $0.text.flatMap(ContactRecord.init) },
            lastEvent: heard.flatMap { Double($0) }.map { Date(timeIntervalSince1970: $0 / 1_000) })
    }
}
