public import Foundation

/// The answer about one contact, with the account's standing right after it.
public struct Decision: Hashable, Sendable {
    /// What was decided.
    public let verdict: Verdict
    /// The period in which it was decided, by Redis's clock.
    public let period: Period
    package let standing: Standing

    package init(verdict: Verdict, period: Period, standing: Standing) {
        self.verdict = verdict
        self.period = period
        self.standing = standing
    }

    /// Contacts counted in the period. 0 for ``Verdict/notCounted``, where Redis is not asked.
    public var used: Int { standing.used }
    /// Most contacts that may be counted; `Int.max` where no limit applies: in mode ``LimitMode/unlimited`` and for
    /// ``Verdict/notCounted``.
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
