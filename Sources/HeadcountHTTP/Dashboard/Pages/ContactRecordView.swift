internal import Foundation
internal import Headcount

/// A line of a contact's history: what happened, and what came of it.
struct ContactRecordView {
    let at, atText, what: String
    /// Empty where no scenario took notice.
    let scenarioText: String
    /// A word for the page's style.
    let outcome: String
    let outcomeText, reason: String

    private init(
        _ record: ContactRecord, zone: String, what: String, scenario: String, outcome: String, outcomeText: String,
        reason: String
    ) {
        at = record.at.formatted(.iso8601)
        // Much happens within a minute. No zone is off by a part of one.
        let second = Int(record.at.timeIntervalSince1970) % 60
        atText = "\(DateText(record.at, in: zone).dayAndTime):\(second < 10 ? "0" : "")\(second)"
        self.what = what
        scenarioText = scenario
        self.outcome = outcome
        self.outcomeText = outcomeText
        self.reason = reason
    }

    /// One for each scenario that an event meant something for, or one that says that there was none.
    static func lines(_ record: ContactRecord, zone: String) -> [Self] {
        switch record.what {
        case .step(let step):
            let (outcomeText, reason) = words(step)
            return [
                Self(
                    record, zone: zone, what: "Step \(step.step)",
                    scenario: "\(step.scenario), run \(step.run.grouped)", outcome: step.outcome.rawValue,
                    outcomeText: outcomeText, reason: reason)
            ]
        case .event(let kind, _, let reactions):
            let event = ScenarioWords.event(kind)
            let what = event.prefix(1).uppercased() + event.dropFirst()
            func line(_ scenario: String, _ outcome: String, _ outcomeText: String, _ reason: String) -> Self {
                Self(
                    record, zone: zone, what: what, scenario: scenario, outcome: outcome, outcomeText: outcomeText,
                    reason: reason)
            }
            if reactions.isEmpty { return [line("", "none", "No run", "no scenario has such a trigger")] }
            return reactions.map { reaction in
                let id = reaction.scenario
                return switch reaction.reaction {
                case .started(let run): line("\(id), run \(run.grouped)", "started", "Run started", "")
                case .busy: line(id, "busy", "No run", "one was under way already")
                case .coolingDown: line(id, "cooling_down", "No run", "cooling down after the last run")
                case .disabled: line(id, "disabled", "No run", "the scenario was disabled")
                }
            }
        }
    }

    private static func words(_ step: ContactRecord.StepOutcome) -> (outcome: String, reason: String) {
        switch step.outcome {
        case .sent: ("Sent", counted(step))
        case .parked: ("Parked", "the account’s limit was reached")
        case .later: ("Not accepted yet", attempted(step))
        case .failed: ("Failed", attempted(step))
        case .unknown: ("Unknown, it may have been sent", attempted(step))
        case .expired: ("Expired", "the reply window had closed")
        }
    }

    private static func counted(_ step: ContactRecord.StepOutcome) -> String {
        switch step.reason {
        case "newly_counted": "newly counted"
        case "already_counted": "counted before in the month"
        default: step.reason
        }
    }

    private static func attempted(_ step: ContactRecord.StepOutcome) -> String {
        let attempts = "\(step.attempts.grouped) attempt\(step.attempts == 1 ? "" : "s")"
        return step.reason.isEmpty ? attempts : "\(step.reason), \(attempts)"
    }
}
