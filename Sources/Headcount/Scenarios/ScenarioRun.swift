public import Foundation

/// One contact's way through a scenario.
public struct ScenarioRun: Hashable, Sendable {
    /// Where a run is.
    public enum State: String, Sendable, CaseIterable, Codable {
        /// Its next call is due, or will be at ``ScenarioRun/due``.
        case waiting
        /// A call is being made.
        case sending
        /// Refused by the limit: it waits for it to rise, or for the next month.
        case parked
        /// All of its steps were accepted.
        case finished
        /// A step was definitely not accepted.
        case failed
        /// Nobody knows whether a step was accepted.
        case unknown
        /// The reply window closed before a step could be sent.
        case expired

        /// Whether the run is under way.
        public var isActive: Bool { [.waiting, .sending, .parked].contains(self) }
    }

    /// The scenario's id.
    public let scenario: String
    /// 1 for the scenario's first.
    public let number: Int
    /// The contact.
    public let contact: String
    /// Where it is.
    public let state: State
    /// The step that is next, or was last, from 1.
    public let step: Int
    /// How often the step was attempted.
    public let attempts: Int
    /// When it started; nil of one that has ended long ago.
    public let started: Date?
    /// When it came to ``state``.
    public let at: Date?
    /// When its next call is due; nil if at once, or not at all.
    public let due: Date?
    /// Why: the status or fault of one that failed, is unknown or will be tried again.
    public let reason: String
}
