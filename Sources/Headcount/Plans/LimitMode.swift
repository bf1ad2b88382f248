/// What happens at the limit (R9).
public enum LimitMode: String, Sendable, CaseIterable, Codable {
    /// Contacts not yet counted are refused.
    case hard
    /// They are admitted and counted, and marked as over the limit.
    case soft
    /// They are admitted and counted; no limit applies.
    case unlimited
}
