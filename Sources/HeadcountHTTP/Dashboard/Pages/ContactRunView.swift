internal import Foundation
internal import Headcount

/// A run of a contact that is under way, and what it waits for, for people.
struct ContactRunView {
    let scenario, runText, state, stateText: String

    /// - Parameter owner: the run's scenario, if there still is one.
    init(_ run: ScenarioRun, of owner: Scenario?, _ facts: ContactFacts) {
        scenario = run.scenario
        runText = "run \(run.number.grouped), step \(run.step)"
        state = run.state.rawValue
        var sentences = [Self.words(run, facts)]
        if run.state != .sending, let owner {
            if !owner.isEnabled { sentences.append("The scenario is disabled: nothing is sent until it is enabled.") }
            if let closed = Self.closing(owner, facts) { sentences.append(closed) }
        }
        stateText = sentences.joined(separator: " ")
    }

    private static func words(_ run: ScenarioRun, _ facts: ContactFacts) -> String {
        switch run.state {
        case .waiting:
            let due = run.due.flatMap { $0 > facts.now ? DateText($0, in: facts.zone).dayAndTime : nil } ?? "now"
            if run.attempts == 0 { return "Waiting: it is due \(due)." }
            let attempts = "\(run.attempts.grouped) attempt\(run.attempts == 1 ? "" : "s")"
            let reason = run.reason.isEmpty ? attempts : "\(run.reason), \(attempts)"
            return "Waiting: not accepted yet (\(reason)), tried again \(due)."
        case .sending: return "Sending: the call is being made."
        case .parked:
            let usage = facts.usage
            if facts.isCounted || usage.remaining > 0 || usage.mode != .hard {
                return "Parked: the account’s limit was reached. There is room by now: it goes on when a worker looks."
            }
            let end = DateText(usage.resetsAt, in: facts.zone).dayAndTime
            return "Parked: the account’s limit is reached. It goes on after an upgrade, when a slot is released, "
                + "or \(end)."
        case .finished, .failed, .unknown, .expired: return "\(run.state.rawValue.capitalized)."
        }
    }

    private static func closing(_ owner: Scenario, _ facts: ContactFacts) -> String? {
        guard let window = owner.definition.replyWindow else { return nil }
        guard let end = ReplyWindows.end(window, facts), end > facts.now else {
            return "The reply window has closed: it expires, unless the contact does something before."
        }
        return "The reply window closes \(DateText(end, in: facts.zone).dayAndTime), unless the contact does something "
            + "before."
    }
}
