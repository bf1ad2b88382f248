public import Foundation

/// An automation that an event starts: a contact does something, and gets one message or several, if the account's limit
/// allows.
public struct Scenario: Hashable, Sendable {
    /// What starts it.
    public struct Trigger: Hashable, Sendable, Codable {
        /// The kind of event.
        public var event: EventKind
        /// The words that the event's text is compared with; none: any text.
        public var keywords: [String]
        /// How they are compared.
        public var match: KeywordMatch

        /// A trigger. Without keywords it is any event of the kind.
        public init(_ event: EventKind, keywords: [String] = [], match: KeywordMatch = .contains) {
            self.event = event
            self.keywords = keywords
            self.match = keywords.isEmpty ? .any : match
        }
    }

    /// One call of an action.
    public struct Step: Hashable, Sendable, Codable {
        /// How long after the step before, or after the event for the first; whole seconds, 0 to 30 days.
        public var delay: Int
        /// The URL that is called.
        public var action: String

        /// A step.
        ///
        /// - Parameter delay: seconds.
        public init(delay: Int = 0, action: String) {
            self.delay = delay
            self.action = action
        }
    }

    /// What a scenario does, apart from what became of it.
    public struct Definition: Hashable, Sendable, Codable {
        /// What starts it.
        public var trigger: Trigger
        /// 1 to 20 steps.
        public var steps: [Step]
        /// For how many seconds after a run that reached the contact it gets no other, 0 to a year.
        public var coolDown: Int
        /// For how many seconds after the contact's last event it may be answered, 60 to 30 days; nil: for any time.
        public var replyWindow: Int?

        /// Meta's: 24 hours.
        public static let standardReplyWindow = 86_400

        /// A definition.
        public init(
            trigger: Trigger, steps: [Step], coolDown: Int = 0, replyWindow: Int? = Self.standardReplyWindow
        ) {
            self.trigger = trigger
            self.steps = steps
            self.coolDown = coolDown
            self.replyWindow = replyWindow
        }
    }

    /// The account.
    public let account: String
    /// 1 to 64 letters, digits, `.`, `_` and `-`.
    public let id: String
    /// Whether events start it and its runs go on.
    public let isEnabled: Bool
    /// What it does.
    public let definition: Definition
    /// Who made it, or changed it last.
    public let who: String
    /// When it was made.
    public let created: Date
    /// What became of its runs.
    public let progress: ScenarioProgress
}

/// What became of a scenario's runs, since it was made.
public struct ScenarioProgress: Hashable, Sendable {
    /// Runs that were started: ``active``, ``finished``, ``failed``, ``unknown``, ``expired`` and ``erased`` together.
    public let started: Int
    /// Runs that are under way: ``parked`` and ``sending`` among them.
    public let active: Int
    /// Refused by the limit: they wait for it to rise, or for the next month.
    public let parked: Int
    /// A call is being made.
    public let sending: Int
    /// Runs whose steps were all accepted.
    public let finished: Int
    /// Runs that ended since a step was definitely not accepted.
    public let failed: Int
    /// Runs that ended since nobody knows whether a step was accepted.
    public let unknown: Int
    /// Runs that ended since the reply window had closed.
    public let expired: Int
    /// Runs that ended since the contact was erased.
    public let erased: Int
    /// Steps that were accepted and by which the contact was counted.
    public let newlyCounted: Int
    /// Steps that were accepted, of contacts that were counted before in the month.
    public let alreadyCounted: Int
}
