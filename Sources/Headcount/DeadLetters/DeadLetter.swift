public import Foundation

/// A scenario's run that ended without its step being known to be accepted. It can be replayed.
public struct DeadLetter: Hashable, Sendable {
    /// Why the run ended.
    public enum Outcome: String, Sendable, CaseIterable, Codable {
        /// The step was definitely not accepted.
        case failed
        /// Nobody knows: replaying it may send it twice.
        case unknown
    }

    /// Its name, such as `1795500000000-0`: Redis's time in milliseconds, and a number.
    public let id: String
    /// The account.
    public let account: String
    /// The scenario's id.
    public let scenario: String
    /// The run's number.
    public let run: Int
    /// The contact.
    public let contact: String
    /// The step, from 1.
    public let step: Int
    /// How often it was attempted.
    public let attempts: Int
    /// Why the run ended.
    public let outcome: Outcome
    /// The status or fault.
    public let reason: String
    /// The event that started the run.
    public let event: InboundEvent
    /// When the run ended.
    public let at: Date
}
