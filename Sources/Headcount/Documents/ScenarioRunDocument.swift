internal import Foundation

/// A run, as the command line and the HTTP API write it.
package struct ScenarioRunDocument: Encodable, Sendable {
    let scenario, contact, reason: String
    let run, step, attempts: Int
    let state: ScenarioRun.State
    let started, at, due: Nullable<Date>

    package init(_ run: ScenarioRun) {
        scenario = run.scenario
        contact = run.contact
        reason = run.reason
        self.run = run.number
        step = run.step
        attempts = run.attempts
        state = run.state
        started = Nullable(run.started)
        at = Nullable(run.at)
        due = Nullable(run.due)
    }
}
