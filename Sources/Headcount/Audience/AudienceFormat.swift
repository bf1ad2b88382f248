/// How an audience file is written.
public enum AudienceFormat: String, Sendable, CaseIterable {
    /// A contact a line.
    case lines
    /// RFC 4180 with a header, separated by commas, or by semicolons or tabs when the header has no comma.
    case csv
    /// A JSON object, string or integer a line.
    case jsonLines = "jsonl"
}
