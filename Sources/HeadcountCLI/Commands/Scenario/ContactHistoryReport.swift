import Headcount

/// Says for `headcount scenario runs --contact` why a contact got an answer, or none.
struct ContactHistoryReport {
    let account: String
    /// The only scenario that is asked about; nil: all.
    let scenario: String?
    let isJSON: Bool
    let limiter: Limiter

    func write(_ contact: String) async throws {
        var history = try await limiter.scenarios.history(of: contact, in: account)
        if let scenario {
            // One that was removed is still in histories; of any other, that it is none is said.
            if !history.names(scenario) { _ = try await limiter.scenarios.scenario(scenario, of: account) }
            history = history.restricted(to: scenario)
        }
        if isJSON { return try Terminal.write(JSONLine.text(ContactHistoryDocument(history))) }
        let usage = try await limiter.usage(of: account)
        let outlook = RunOutlook(
            scenarios: try await limiter.scenarios.list(of: account), lastEvent: history.lastEvent,
            resetsAt: usage.resetsAt, zone: usage.calendar.zone, now: try await limiter.askTime())
        let text = ContactHistoryText(account: account, scenario: scenario, zone: usage.calendar.zone, outlook: outlook)
        try Terminal.write(text.text(history))
    }
}

extension ContactHistory {
    fileprivate func names(_ scenario: String) -> Bool {
        let isRecorded = records.contains { record in
            switch record.what {
            case .event(_, _, let reactions): reactions.contains { $0.scenario == scenario }
            case .step(let step): step.scenario == scenario
            }
        }
        return isRecorded || runs.contains { $0.scenario == scenario }
    }
}
