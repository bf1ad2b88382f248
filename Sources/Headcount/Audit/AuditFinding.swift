/// What `headcount audit` looks at.
package enum AuditCheck: String, Codable, Sendable, CaseIterable {
    /// A key holds another type than its name says.
    case type
    /// A key that must expire doesn't, or the other way round, or too early.
    case expiry
    /// Contacts counted against the sum of the days.
    case statistics
    /// Held slots against their holders, and against who is counted.
    case slots
    /// Merged contacts against those by whose name they go.
    case links
    /// The account's place in the index of the month.
    case index
    /// The lists by which servers and workers know what there is to do.
    case due
    /// Instagram ids that are linked.
    case channels
    /// Plan and calendar.
    case plan
    /// Contacts counted against the limit.
    case limit
}

/// Something that `headcount audit` came upon.
package struct AuditFinding: Sendable {
    /// What tells it from others: found again, it is the same.
    package struct Subject: Hashable, Sendable {
        package let check: AuditCheck
        /// Nil for what belongs to no account.
        package let account: String?
        package let period: PeriodName?
        /// What exactly: a key, an element of a list.
        package let detail: String
    }

    package let subject: Subject
    /// False for what is legal and worth knowing.
    package let isWrong: Bool
    package let what: String
    package let means: String
    /// Nil if it can't be mended.
    package let remedy: AuditRemedy?
    /// Why there is no remedy, and what to do; empty where there is one.
    package let advice: String
    /// Set once it is.
    package internal(set) var isMended = false

    init(
        _ check: AuditCheck, _ account: String?, period: PeriodName? = nil, _ detail: String = "", what: String,
        means: String, remedy: AuditRemedy?, advice: String = "", isWrong: Bool = true
    ) {
        subject = Subject(check: check, account: account, period: period, detail: detail)
        self.isWrong = isWrong
        self.what = what
        self.means = means
        self.remedy = remedy
        self.advice = advice
    }
}

/// What `headcount audit` found.
package struct AuditReport: Sendable {
    package let accounts: Int
    package let findings: [AuditFinding]

    /// Whether something is wrong, and not mended.
    package var isAnythingLeft: Bool { findings.contains { $0.isWrong && !$0.isMended } }
}
