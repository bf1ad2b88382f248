import Foundation
import Headcount

/// A contact's history for people: a line for each thing that happened, newest last, and for each run under way.
struct ContactHistoryText {
    let account: String
    /// The only scenario that is asked about; nil: all.
    let scenario: String?
    let zone: String
    let outlook: RunOutlook

    func text(_ history: ContactHistory) -> String {
        let contact = "contact '\(history.contact.printable)' of account \(account)"
        if history.records.isEmpty && history.runs.isEmpty && history.lastEvent == nil {
            return "\(contact): nothing is known of it; no event of it came in lately\n"
        }
        let last = history.lastEvent.map { "its last event was at \(time($0))" } ?? "no event of it in the last 45 days"
        var lines = ["\(contact), times in \(zone): \(last)"]
        lines += history.records.reversed().map { "\(time($0.at))  \(text($0.what))" }
        lines += history.runs.map { "under way  \(outlook.text($0))" }
        if history.runs.isEmpty { lines.append("no run\(scenario.map { " of \($0)" } ?? "") is under way") }
        return lines.map { $0 + "\n" }.joined()
    }

    /// To the second: much happens within a minute.
    private func time(_ date: Date) -> String {
        let style = Date.ISO8601FormatStyle(timeZone: TimeZone(identifier: zone) ?? .gmt)
            .year().month().day().dateTimeSeparator(.space).time(includingFractionalSeconds: false)
        return date.formatted(style)
    }

    private func text(_ what: ContactRecord.What) -> String {
        switch what {
        case .event(let kind, let id, let reactions):
            let event = [kind.rawValue, id?.onOneLine].compactMap { $0 }.joined(separator: " ")
            let answers = reactions.map { text($0) }.joined(separator: "; ")
            return "\(event)  →  \(answers.isEmpty ? nothing : answers)"
        case .step(let step):
            return "\(step.scenario) run \(step.run) step \(step.step): \(text(step))"
        }
    }

    private var nothing: String {
        scenario.map { "nothing: \($0) had no such trigger" } ?? "nothing: no scenario has such a trigger"
    }

    private func text(_ reaction: ContactRecord.ScenarioReaction) -> String {
        switch reaction.reaction {
        case .started(let run): "\(reaction.scenario): run \(run) started"
        case .busy: "\(reaction.scenario): busy, its run for this contact was under way"
        case .coolingDown: "\(reaction.scenario): cooling down, its last run for this contact was not long enough ago"
        case .disabled: "\(reaction.scenario): disabled"
        }
    }

    private func text(_ step: ContactRecord.StepOutcome) -> String {
        let attempt = "(attempt \(step.attempts))"
        let reason = step.reason.isEmpty ? "" : ": \(step.reason.onOneLine)"
        return switch step.outcome {
        case .parked: "parked, the limit was reached"
        case .sent where step.reason == "newly_counted": "sent, newly counted \(attempt)"
        case .sent where step.reason == "already_counted": "sent, counted before in the month \(attempt)"
        case .sent: "sent\(reason) \(attempt)"
        case .later: "not accepted yet, to be tried again\(reason) \(attempt)"
        case .failed: "failed, definitely not sent\(reason) \(attempt)"
        case .unknown: "unknown, nobody knows whether it was sent\(reason) \(attempt)"
        case .expired: "expired, the reply window had closed"
        }
    }
}
