/// What was decided about a contact.
public enum Verdict: String, Sendable, CaseIterable, Codable {
    /// Counted just now: this is the contact's first activation in the period.
    case activated
    /// Counted before in the period: admitted, and costs nothing.
    case alreadyActivated = "already_activated"
    /// Not counted and refused: the account is at its limit.
    case limitReached = "limit_reached"
    /// The action costs nothing; Redis was not asked.
    case notCounted = "not_counted"

    /// Whether the automation may go on with this contact.
    public var isAdmitted: Bool { self != .limitReached }
}
