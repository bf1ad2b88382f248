/// What went wrong, in a form to branch on (``code``, ``isRetriable``) and in words for a person (``message``).
///
/// `description`, which ends up in logs, leaves ``value`` out: it may be a contact id.
public struct HeadcountError: Error, Sendable, Equatable {
    /// The kind of failure. More may come: keep a `default` in a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        enum Known: String {
            case invalidAccount, invalidContact, invalidAction, invalidPlan, invalidPeriod, invalidPage,
                invalidAudience, invalidConfiguration, invalidToken, invalidLease, invalidCampaign, invalidNotices,
                invalidScenario, invalidChannel, invalidJournal, invalidBackup
            case notFound, conflict, unavailable, unexpectedReply
        }

        let known: Known

        /// The account id breaks rule R16.
        public static let invalidAccount = Code(known: .invalidAccount)
        /// The contact id breaks rule R16.
        public static let invalidContact = Code(known: .invalidContact)
        /// The action is malformed, or its kind is in neither list of ``ActionKinds``.
        public static let invalidAction = Code(known: .invalidAction)
        /// A plan, limit, mode, time zone or start day that does not exist or is out of range.
        public static let invalidPlan = Code(known: .invalidPlan)
        /// A period name that is not `YYYY-MM` or `YYYY-MM-DD`.
        public static let invalidPeriod = Code(known: .invalidPeriod)
        /// A cursor or page size that can't be.
        public static let invalidPage = Code(known: .invalidPage)
        /// An audience file that can't be read as what it is said to be, such as CSV without the column of contacts.
        public static let invalidAudience = Code(known: .invalidAudience)
        /// The limiter was set up with values that can't work: a URL, a key prefix, a time limit.
        public static let invalidConfiguration = Code(known: .invalidConfiguration)
        /// A text that is no reservation token.
        public static let invalidToken = Code(known: .invalidToken)
        /// A lease that is too short or too long.
        public static let invalidLease = Code(known: .invalidLease)
        /// A campaign's id, action, expiry or part of the audience that can't be.
        public static let invalidCampaign = Code(known: .invalidCampaign)
        /// Thresholds or a URL of notices that can't be.
        public static let invalidNotices = Code(known: .invalidNotices)
        /// A scenario's id, trigger, steps or times that can't be.
        public static let invalidScenario = Code(known: .invalidScenario)
        /// A channel's id or secret that can't be.
        public static let invalidChannel = Code(known: .invalidChannel)
        /// A journal of what was admitted without Redis that can't be read.
        public static let invalidJournal = Code(known: .invalidJournal)
        /// A file that is no backup, or not a whole one.
        public static let invalidBackup = Code(known: .invalidBackup)
        /// The account has no campaign or notice of that name.
        public static let notFound = Code(known: .notFound)
        /// There is a campaign of that name already, or it is in a state in which that can't be done.
        public static let conflict = Code(known: .conflict)
        /// Redis did not answer, or could not do what was asked. Never means that the limit is reached.
        public static let unavailable = Code(known: .unavailable)
        /// Redis answered something that no version of the scripts answers.
        public static let unexpectedReply = Code(known: .unexpectedReply)

        /// The code's name.
        public var description: String { known.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// What is wrong and what to do, without ``value``.
    public let reason: String
    /// The input that was refused, printable and shortened.
    public let value: String?
    /// Whether the call may have taken effect in Redis although no answer came. Repeating it is safe either way (R4).
    public let mayHaveExecuted: Bool
    /// Whether the same call may succeed when it is simply made again later.
    public let isRetriable: Bool
    /// Nobody answered, or who did is not yet, or no longer, in a state to. False when a Redis at work refused the call.
    package let isOutage: Bool
    /// The decisions of a batch that were made before Redis failed, in input order. A cancelled batch has none to show.
    public internal(set) var decided: [Decision] = []

    package init(
        _ code: Code, _ reason: String, value: String? = nil, mayHaveExecuted: Bool = false, isRetriable: Bool = false,
        isOutage: Bool = false
    ) {
        self.code = code
        self.reason = reason
        self.value = value?.printable
        self.mayHaveExecuted = mayHaveExecuted
        self.isRetriable = isRetriable
        self.isOutage = isOutage
    }

    /// The same error, with more to say.
    func adding(_ reason: String) -> HeadcountError {
        HeadcountError(
            code, "\(self.reason); \(reason)", value: value, mayHaveExecuted: mayHaveExecuted, isRetriable: isRetriable,
            isOutage: isOutage)
    }

    /// One line for the person who gave the input: the value, what is wrong with it, what to do.
    public var message: String { value.map { "'\($0)': \(reason)" } ?? reason }
}

extension HeadcountError: CustomStringConvertible {
    /// Code and reason, for logs: without ``value``.
    public var description: String { "\(code): \(reason)" }
}
