public import Foundation

/// The answer to a reservation of one contact, with the account's standing right after it.
public struct Reservation: Hashable, Sendable {
    /// What became of it.
    public enum Verdict: String, Sendable, CaseIterable, Codable {
        /// A slot is held until it is confirmed or released, or until the lease ends.
        case reserved
        /// Counted before in the period: admitted, and nothing needs to be held.
        case alreadyActivated = "already_activated"
        /// Refused: the account is at its limit.
        case limitReached = "limit_reached"
        /// The action costs nothing; Redis was not asked.
        case notCounted = "not_counted"

        /// Whether the automation may go on with this contact.
        public var isAdmitted: Bool { self != .limitReached }
    }

    /// What became of it.
    public let verdict: Verdict
    /// With what to confirm or release it; nil unless the verdict is ``Verdict/reserved``.
    public let token: ReservationToken?
    /// The period in which it was decided, by Redis's clock.
    public let period: Period
    package let standing: Standing

    package init(verdict: Verdict, token: ReservationToken?, period: Period, standing: Standing) {
        self.verdict = verdict
        self.token = token
        self.period = period
        self.standing = standing
    }

    /// A token of a model's own making.
    package static func token(period: PeriodName, contact: String) -> ReservationToken {
        ReservationToken(period: period, contact: contact, id: ReservationToken.randomID())
    }

    /// Contacts counted in the period. 0 for ``Verdict/notCounted``, where Redis is not asked.
    public var used: Int { standing.used }
    /// Slots held by reservations, this one included.
    public var held: Int { standing.held }
    /// Most contacts that may be counted; `Int.max` where no limit applies.
    public var limit: Int { standing.effectiveLimit }
    /// How many more contacts can be counted, held slots taken off; `Int.max` where no limit applies.
    public var remaining: Int { standing.remaining }
    /// When the count starts from zero again.
    public var resetsAt: Date { period.end }
}

/// What became of a reservation that was confirmed or released.
public enum Settlement: String, Sendable, CaseIterable, Codable {
    /// Counted just now.
    case activated
    /// Counted before: by this reservation's first confirmation or by another automation. A release undoes nothing then.
    case alreadyActivated = "already_activated"
    /// Released: the slot is free, unless another holder has the same contact.
    case released
    /// Nobody of that token holds anything: it was released before, or is too old. Nothing was done.
    case notHeld = "not_held"
}

/// What ``Limiter/withReservation(for:in:by:lease:_:)`` came to.
public enum Reserved<Result> {
    /// The work was done; what it returned, and how the contact counted.
    case done(Result, Verdict)
    /// The account is at its limit: the work was not done.
    case limitReached(Reservation)
}

extension Reserved: Sendable where Result: Sendable {}
