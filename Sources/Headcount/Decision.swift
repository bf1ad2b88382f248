public import Foundation

/// The answer about one contact, with the account's standing right after it.
public struct Decision: Hashable, Sendable {
    /// What was decided.
    public let verdict: Verdict
    /// The period in which it was decided, by Redis's clock unless ``failedOpen``.
    public let period: Period
    /// Whether the contact was admitted without asking Redis, since it did not answer (``FailurePolicy/open(_:)``). Then
    /// ``period`` is what this process believes, and nobody knows where the account stands: ``used`` is 0, and ``limit``
    /// and ``remaining`` are `Int.max`.
    public let failedOpen: Bool
    package let standing: Standing

    package init(verdict: Verdict, period: Period, standing: Standing) {
        self.verdict = verdict
        self.period = period
        self.standing = standing
        failedOpen = false
    }

    /// An admission without Redis.
    package init(failedOpen verdict: Verdict, period: Period) {
        self.verdict = verdict
        self.period = period
        standing = Standing(used: 0, held: 0, limit: .max, mode: .unlimited)
        failedOpen = true
    }

    /// Contacts counted in the period. 0 where Redis was not asked: for ``Verdict/notCounted``, and if ``failedOpen``.
    public var used: Int { standing.used }
    /// Most contacts that may be counted; `Int.max` where no limit applies: in mode ``LimitMode/unlimited``, for
    /// ``Verdict/notCounted``, and if ``failedOpen``.
    public var limit: Int { standing.effectiveLimit }
    /// How many more contacts can be counted, held slots taken off; `Int.max` where no limit applies.
    public var remaining: Int { standing.remaining }
    /// Whether more contacts are counted than the limit allows: after a downgrade, or in mode ``LimitMode/soft``.
    public var overLimit: Bool { standing.isOverLimit }
    /// The mode in force.
    public var mode: LimitMode { standing.mode }
    /// When the count starts from zero again.
    public var resetsAt: Date { period.end }
}
