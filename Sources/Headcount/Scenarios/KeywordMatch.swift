/// How an event's text and a trigger's keywords are compared. Case, accents' encoding and compatibility forms make no difference.
public enum KeywordMatch: String, Sendable, CaseIterable, Codable {
    /// The text is a keyword, but for space around it.
    case exact
    /// A keyword stands in the text.
    case contains
    /// Whatever the text, and without any.
    case any
}
