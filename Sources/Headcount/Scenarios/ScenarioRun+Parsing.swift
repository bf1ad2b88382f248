internal import Foundation

extension ScenarioRun {
    /// From a job's and a run's text, as claim.lua and trigger.lua say. Nil if they are malformed.
    init?(_ scenario: String, _ contact: String, job: String, run: String) {
        let parts = job.split(separator: " ", maxSplits: 5).map(String.init)
        let words = run.split(separator: " ", maxSplits: 2).map(String.init)
        guard parts.count >= 4, let number = Int(parts[1]), let attempts = Int(parts[2]), words.count == 3,
            let step = Int(words[0])
        else { return nil }
        func time(_ text: String?) -> Date? {
            text.flatMap { Double($0) }.map { Date(timeIntervalSince1970: $0 / 1_000) }
        }
        self.scenario = scenario
        self.contact = contact
        self.number = number
        self.attempts = attempts
        self.step = step
        started = time(words[1])
        at = parts[0] == "q" ? started : time(parts[3])
        due = parts[0] == "l" && parts.count > 4 ? time(parts[4]) : nil
        reason = parts[0] == "l" && parts.count > 5 ? parts[5] : ""
        state = Self.state(ofJob: job)
    }

    static func state(ofJob job: String) -> State {
        switch job.first {
        case "q", "l": .waiting
        case "p": .parked
        // Of one whose outcome is known, the next thing is about to happen.
        default: .sending
        }
    }

    /// From an entry of the stream of runs that ended.
    init?(id: String, ended fields: [String: String]) {
        guard let scenario = fields["scenario"], let contact = fields["contact"],
            let number = fields["run"].flatMap({ Int($0) }),
            let state = fields["outcome"].flatMap(State.init(rawValue:)),
            let step = fields["step"].flatMap({ Int($0) }), let attempts = fields["attempts"].flatMap({ Int($0) })
        else { return nil }
        func time(_ text: (some StringProtocol)?) -> Date? {
            text.flatMap { Double($0) }.map { Date(timeIntervalSince1970: $0 / 1_000) }
        }
        self.scenario = scenario
        self.contact = contact
        self.number = number
        self.state = state
        self.step = step
        self.attempts = attempts
        started = time(fields["started"])
        at = time(id.split(separator: "-").first)
        due = nil
        reason = fields["reason"] ?? ""
    }
}

extension ContactRecord {
    /// From a line of a contact's list, as trigger.lua and advance.lua write it.
    init?(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 7, omittingEmptySubsequences: false).map(String.init)
        guard words.count >= 4, let ms = Double(words[1]) else { return nil }
        at = Date(timeIntervalSince1970: ms / 1_000)
        switch words[0] {
        case "e":
            guard let kind = EventKind(rawValue: words[2]) else { return nil }
            what = .event(
                kind: kind, id: words[3] == "-" ? nil : words[3],
                reactions: EventText.reactions(words.dropFirst(4).joined(separator: " ")))
        case "s":
            guard words.count >= 7, let run = Int(words[3]), let step = Int(words[4]),
                let outcome = StepOutcome.Outcome(rawValue: words[5]), let attempts = Int(words[6])
            else { return nil }
            let detail = words.count > 7 ? words[7] : ""
            let reason =
                outcome == .sent ? (detail == "new" ? "newly_counted" : "already_counted") : detail
            what = .step(
                StepOutcome(
                    scenario: words[2], run: run, step: step, outcome: outcome, attempts: attempts, reason: reason))
        default: return nil
        }
    }
}

extension ContactHistory {
    /// What concerns one scenario: its runs and steps, and all events, with what they meant for it.
    package func restricted(to scenario: String) -> ContactHistory {
        let records = records.compactMap { record -> ContactRecord? in
            switch record.what {
            case .step(let step): return step.scenario == scenario ? record : nil
            case .event(let kind, let id, let reactions):
                let own = reactions.filter { $0.scenario == scenario }
                return ContactRecord(at: record.at, what: .event(kind: kind, id: id, reactions: own))
            }
        }
        return ContactHistory(
            contact: contact, runs: runs.filter { $0.scenario == scenario }, records: records, lastEvent: lastEvent)
    }
}
