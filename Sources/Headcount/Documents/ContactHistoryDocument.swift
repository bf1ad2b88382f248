internal import Foundation

/// What is known of a contact's events and runs, as the command line and the HTTP API write it.
package struct ContactHistoryDocument: Encodable, Sendable {
    struct Reaction: Encodable, Sendable {
        let scenario, reaction: String
        let run: Int?

        init(_ reaction: ContactRecord.ScenarioReaction) {
            scenario = reaction.scenario
            (self.reaction, run) =
                switch reaction.reaction {
                case .started(let run): ("started", run)
                case .busy: ("busy", nil)
                case .coolingDown: ("cooling_down", nil)
                case .disabled: ("disabled", nil)
                }
        }
    }

    struct Event: Encodable, Sendable {
        let kind: EventKind
        let id: Nullable<String>
        let reactions: [Reaction]
    }

    struct Step: Encodable, Sendable {
        let scenario, reason: String
        let run, step, attempts: Int
        let outcome: ContactRecord.StepOutcome.Outcome
    }

    struct Record: Encodable, Sendable {
        let at: Date
        var event: Event?
        var step: Step?

        init(_ record: ContactRecord) {
            at = record.at
            switch record.what {
            case .event(let kind, let id, let reactions):
                event = Event(kind: kind, id: Nullable(id), reactions: reactions.map(Reaction.init))
            case .step(let outcome):
                step = Step(
                    scenario: outcome.scenario, reason: outcome.reason, run: outcome.run, step: outcome.step,
                    attempts: outcome.attempts, outcome: outcome.outcome)
            }
        }
    }

    let contact: String
    let lastEvent: Nullable<Date>
    let runs: [ScenarioRunDocument]
    let records: [Record]

    package init(_ history: ContactHistory) {
        contact = history.contact
        lastEvent = Nullable(history.lastEvent)
        runs = history.runs.map { ScenarioRunDocument($0) }
        records = history.records.map(Record.init)
    }
}
