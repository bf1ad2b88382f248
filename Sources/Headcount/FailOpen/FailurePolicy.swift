/// What `activate` does when Redis can't be asked (R14). Everything else, such as reservations, plans and reading, throws
/// ``HeadcountError/Code/unavailable`` either way.
public enum FailurePolicy: Hashable, Sendable {
    /// Throws ``HeadcountError/Code/unavailable``: nobody is admitted unless Redis has said so.
    case closed
    /// Admits contacts within bounds, and journals each of them, to be counted later.
    case open(FailOpen)
}

/// Bounds of what a ``Limiter`` admits without Redis, and where it journals that.
///
/// An outage begins with the first activation that Redis leaves unanswered, and is over when Redis has answered again for
/// a minute: one that comes and goes doesn't start the bounds anew. The limits of accounts are not known meanwhile: what
/// this may cost is ``maximumContacts`` over the limit for each account, outage and process.
public struct FailOpen: Hashable, Sendable {
    /// Directory of the journals: it has to be there, writable, and on a disk that outlives the process. Each process
    /// writes files of its own.
    public var journal: String
    /// Most contacts admitted in an outage, for each account; the same one twice counts once. 1 to 1,000,000.
    public var maximumContacts: Int
    /// How long after the outage's begin somebody new is admitted; more than 0 and at most a day.
    public var maximumDuration: Duration

    /// By default 100 contacts an account, for five minutes.
    public init(journal: String, maximumContacts: Int = 100, maximumDuration: Duration = .seconds(300)) {
        self.journal = journal
        self.maximumContacts = maximumContacts
        self.maximumDuration = maximumDuration
    }

    /// - Throws: ``HeadcountError/Code/invalidConfiguration``, also for a directory that can't be written: better now than
    ///   in an outage.
    func validate() throws(HeadcountError) {
        guard (1...1_000_000).contains(maximumContacts) else {
            throw HeadcountError(
                .invalidConfiguration, "failing open admits 1 to 1000000 contacts an account",
                value: String(maximumContacts))
        }
        guard maximumDuration > .zero, maximumDuration <= .seconds(86_400) else {
            throw HeadcountError(
                .invalidConfiguration, "failing open lasts more than 0 and at most 86400 seconds",
                value: "\(maximumDuration)")
        }
        try JournalFile.check(directory: journal)
    }
}
