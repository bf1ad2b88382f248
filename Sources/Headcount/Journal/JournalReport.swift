/// What came of replaying journals.
public struct JournalReport: Sendable {
    /// What was replayed for an account in a period.
    public struct Account: Hashable, Sendable {
        /// Its id.
        public let account: String
        /// The period to which the contacts were added.
        public let period: PeriodName
        /// Admissions in the journals; the same contact may have several.
        public internal(set) var replayed = 0
        /// Contacts that count since now.
        public internal(set) var newlyCounted = 0
        /// Admissions of contacts that were counted before.
        public internal(set) var alreadyCounted = 0
        /// How many of those newly counted are beyond the limit.
        public internal(set) var overLimit = 0
        /// Contacts counted in the period, afterwards.
        public internal(set) var used = 0
        /// The account's limit; `Int.max` where none applies.
        public internal(set) var limit = Int.max
    }

    /// A line that was not replayed.
    public struct Problem: Hashable, Sendable {
        /// Why not.
        public enum Reason: String, Sendable, CaseIterable {
            /// The line can't be read.
            case badLine = "bad_line"
            /// The contacts of its period are no longer kept: there is nothing to count it in.
            case periodGone = "period_gone"
            /// The account was removed after the contact was admitted.
            case accountRemoved = "account_removed"
            /// It may be replayed later, as ``detail`` says.
            case notYet = "not_yet"
        }

        /// The journal's path.
        public let file: String
        /// The line's number, from 1.
        public let line: Int
        /// The account, if the line could be read.
        public let account: String?
        /// Why it was not replayed.
        public let reason: Reason
        /// That in words.
        public let detail: String
    }

    /// What became of a journal.
    public struct File: Hashable, Sendable {
        /// Its path before.
        public let path: String
        /// How many admissions it has.
        public internal(set) var entries = 0
        /// Whether its last line is cut off. Nobody was told that it was written.
        public internal(set) var isTorn = false
        /// Its path now, if nothing of it is left to be replayed.
        public internal(set) var renamedTo: String?
        /// Another process writes or replays it: it was replayed as far as it went, and stays.
        public internal(set) var isInUse = false
    }

    /// By account and period.
    public internal(set) var accounts: [Account] = []
    /// In the order of files and lines.
    public internal(set) var problems: [Problem] = []
    /// In the order in which they were replayed.
    public internal(set) var files: [File] = []
}
