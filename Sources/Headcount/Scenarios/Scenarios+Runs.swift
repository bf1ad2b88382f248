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
            found = try await activeRuns(of: account, ids, states, newest: count)
        }
        if states.contains(where: { !$0.isActive }) {
            let entries =
                try await runner.send(["XREVRANGE", keys.ended(account), "+", "-", "COUNT", "1100"]).elements ?? []
            let ended = entries.compactMap { entry -> ScenarioRun? in
                guard let parts = entry.elements, parts.count == 2, let fields = parts[1].fields else { return nil }
                return ScenarioRun(id: parts[0].text ?? "", ended: fields)
            }.filter { ids.contains($0.scenario) && states.contains($0.state) }
            // One of them may have come to its end between the two.
            found =
                found.filter { run in
                    !ended.contains {
                        $0.scenario == run.scenario && $0.number == run.number && $0.started == run.started
                    }
                } + ended
        }
        return Array(found.sorted { ($0.at ?? .distantPast) > ($1.at ?? .distantPast) }.prefix(max(0, count)))
    }

    /// A run under way, as far as its job tells.
    private struct ActiveJob: Hashable {
        let scenario, contact, job: String
        /// In milliseconds, as text of the same length for all.
        let at: String
    }

    private func activeRuns(
        of account: String, _ ids: [String], _ states: Set<ScenarioRun.State>, newest count: Int
    ) async throws -> [ScenarioRun] {
        // A scan may show an element twice.
        var jobs: Set<ActiveJob> = []
        for id in ids {
            try await limiter.scan(["HSCAN", ScenarioKeys(keys, account, id).jobs]) { page in
                for index in stride(from: 0, to: page.count - 1, by: 2) {
                    let job = page[index + 1]
                    guard states.contains(ScenarioRun.state(ofJob: job)) else { continue }
                    // A moment, or an entry of a stream, which begins with one.
                    let at = job.split(separator: " ", maxSplits: 4).dropFirst(3).first?.prefix { $0 != "-" } ?? ""
                    jobs.insert(ActiveJob(scenario: id, contact: page[index], job: job, at: String(at)))
                }
                if jobs.count > 4 * count + 100 { jobs = Set(jobs.sorted { $0.at > $1.at }.prefix(count)) }
            }
        }
        let newest = Dictionary(grouping: jobs.sorted { $0.at > $1.at }.prefix(count), by: \.scenario)
        var found: [ScenarioRun] = []
        for (id, jobs) in newest {
            let command = ["HMGET", ScenarioKeys(keys, account, id).runs] + jobs.map(\.contact)
            let runs = try await runner.send(RedisCommand(command)).elements ?? []
            found += zip(jobs, runs).compactMap { ScenarioRun(id, $0.contact, job: $0.job, run: $1.text ?? "") }
        }
        return found
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
