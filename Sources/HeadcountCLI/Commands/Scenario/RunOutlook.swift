import Foundation
import Headcount

/// What a contact's runs under way wait for, for people.
struct RunOutlook {
    /// Those of the account.
    let scenarios: [Scenario]
    /// The contact's last event.
    let lastEvent: Date?
    /// When the account's next month begins.
    let resetsAt: Date
    let zone: String
    let now: Date

    /// `welcome run 17 step 2: parked: the limit is reached; it goes on when …; reply window closes …`
    func text(_ run: ScenarioRun) -> String {
        let scenario = scenarios.first { $0.id == run.scenario }
        var parts = [state(run)]
        if run.state != .sending, let scenario {
            if !scenario.isEnabled { parts.append("the scenario is disabled, and nothing is sent until it is enabled") }
            parts += window(scenario.definition)
        }
        return "\(run.scenario) run \(run.number) step \(run.step): \(parts.joined(separator: "; "))"
    }

    private func state(_ run: ScenarioRun) -> String {
        switch run.state {
        case .parked:
            return "parked: the limit is reached; it goes on when the limit rises or on \(time(resetsAt))"
        case .sending:
            return "sending: a call is being made (attempt \(run.attempts))"
        case .waiting:
            let due = run.due.flatMap { $0 > now ? "at \(time($0))" : nil } ?? "now"
            if run.attempts == 0 { return "waiting: it is due \(due)" }
            let reason = run.reason.isEmpty ? "" : " (\(run.reason.onOneLine))"
            return "waiting: not accepted yet\(reason), tried again \(due)"
        case .finished, .failed, .unknown, .expired:
            return run.state.rawValue
        }
    }

    private func window(_ definition: Scenario.Definition) -> [String] {
        guard let seconds = definition.replyWindow else { return [] }
        guard let lastEvent else { return ["reply window has closed: it ends as expired"] }
        let end = lastEvent.addingTimeInterval(TimeInterval(seconds))
        return [
            end > now
                ? "reply window closes \(time(end)), unless the contact does something until then"
                : "reply window closed \(time(end)): it ends as expired, unless the contact does something before"
        ]
    }

    private func time(_ date: Date) -> String { Format.time(date, in: zone) }
}
