internal import Crypto
internal import Foundation
internal import Headcount

/// What an action's URL is sent for one contact.
struct ActionCall: Encodable, Sendable {
    let account: String
    let contact: String
    /// What touches the contact: `campaign:ID` or `scenario:ID`.
    let automation: String
    let step: Int
    /// 1 for the first.
    let attempt: Int
    /// Of a scenario: the run's number, and the event that started it.
    var run: Int?
    var event: EventDocument?

    /// The same for each attempt of a contact's step, so that a server which has seen it may leave it alone.
    ///
    /// - Parameter nonce: tells this automation from another one of the same id.
    func idempotencyKey(nonce: String) -> String {
        let text = "\(account)\0\(automation)\0\(nonce)\0\(run.map { "\($0)\0" } ?? "")\(step)\0\(contact)"
        return Hexadecimal.text(SHA256.hash(data: Array(text.utf8)).prefix(16))
    }
}
