internal import Foundation
internal import Headcount

/// A run that ended without an answer, for people.
struct DeadLetterView {
    let id, outcome, at, atText: String
    let contact, contactHref: String
    let outcomeText, runText: String
    /// Nil where none was given.
    let reason: String?
    /// Where its forms post to; nil for who may only look.
    let letterHref: String?

    init(_ letter: DeadLetter, zone: String, visitor: Visitor) {
        id = letter.id
        outcome = letter.outcome.rawValue
        at = letter.at.formatted(.iso8601)
        atText = DateText(letter.at, in: zone).dayAndTime
        contact = letter.contact
        contactHref = DashboardPath.contact(letter.contact, of: letter.account)
        outcomeText =
            switch letter.outcome {
            case .failed: "Failed"
            case .unknown: "Unknown, it may have been sent"
            }
        reason = letter.reason.isEmpty ? nil : letter.reason
        let attempts = "\(letter.attempts.grouped) attempt\(letter.attempts == 1 ? "" : "s")"
        runText = "\(letter.scenario), run \(letter.run.grouped), step \(letter.step), \(attempts)"
        letterHref = visitor.isAdmin ? DashboardPath.deadLetter(letter.id, of: letter.account) : nil
    }
}
