public import Foundation

/// One thing that happened with a contact, kept for 45 days after the last one, the last 100 of them.
public struct ContactRecord: Hashable, Sendable {
    /// What an event meant for a scenario.
    public enum Reaction: Hashable, Sendable {
        /// A run was started, of this number.
        case started(Int)
        /// A run for the contact was under way.
        case busy
        /// The last run is not long enough ago.
        case coolingDown
        /// The scenario is disabled.
        case disabled
    }

    /// What happened.
    public enum What: Hashable, Sendable {
        /// The contact did something. Scenarios whose trigger is another one are not among the reactions.
        case event(kind: EventKind, id: String?, reactions: [ScenarioReaction])
        /// A step was sent, or a run ended.
        case step(StepOutcome)
    }

    /// What an event meant for one scenario.
    public struct ScenarioReaction: Hashable, Sendable {
        /// The scenario's id.
        public let scenario: String
        /// What it did.
        public let reaction: Reaction
    }

    /// What became of one step of a run.
    public struct StepOutcome: Hashable, Sendable {
        /// What became of it.
        public enum Outcome: String, Sendable, CaseIterable, Codable {
            /// Refused by the limit; tried again when there is room.
            case parked
            /// Accepted by the action.
            case sent
            /// Not accepted yet; to be tried again.
            case later
            /// Definitely not accepted.
            case failed
            /// Nobody knows.
            case unknown
            /// The reply window had closed.
            case expired
        }

        /// The scenario's id.
        public let scenario: String
        /// The run's number.
        public let run: Int
        /// The step, from 1.
        public let step: Int
        /// What became of it.
        public let outcome: Outcome
        /// How often it was attempted.
        public let attempts: Int
        /// `newly_counted` or `already_counted` of one that was sent; why, of one that was not.
        public let reason: String
    }

    /// When, by Redis's clock.
    public let at: Date
    /// What happened.
    public let what: What
}

/// What is known of a contact's events and runs: why it got an answer, or none.
public struct ContactHistory: Hashable, Sendable {
    /// The contact.
    public let contact: String
    /// Runs under way.
    public let runs: [ScenarioRun]
    /// What happened, newest first.
    public let records: [ContactRecord]
    /// The contact's last event; nil if there was none in the last 45 days.
    public let lastEvent: Date?
}
