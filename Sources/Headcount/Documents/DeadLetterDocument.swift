internal import Foundation

/// A dead letter, as the command line and the HTTP API write it.
package struct DeadLetterDocument: Encodable, Sendable {
    struct Event: Encodable, Sendable {
        let kind: EventKind
        let id, text: Nullable<String>
        let details: [String: String]
        let at: Nullable<Date>
    }

    let id, account, scenario, contact, reason: String
    let run, step, attempts: Int
    let outcome: DeadLetter.Outcome
    let at: Date
    let event: Event

    package init(_ letter: DeadLetter) {
        id = letter.id
        account = letter.account
        scenario = letter.scenario
        contact = letter.contact
        reason = letter.reason
        run = letter.run
        step = letter.step
        attempts = letter.attempts
        outcome = letter.outcome
        at = letter.at
        event = Event(
            kind: letter.event.kind, id: Nullable(letter.event.id), text: Nullable(letter.event.text),
            details: letter.event.details, at: Nullable(letter.event.at))
    }
}
