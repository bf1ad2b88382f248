/// Rows of a CSV file (RFC 4180). Fields are written as they are, for programs to read: docs/operations.md says what a
/// spreadsheet makes of some.
package enum CSVText {
    /// With its line end.
    package static func row(_ fields: [String]) -> String {
        fields.map(field).joined(separator: ",") + "\r\n"
    }

    private static func field(_ text: String) -> String {
        guard text.utf8.contains(where: { [UInt8(ascii: ","), UInt8(ascii: "\""), 10, 13].contains($0) }) else {
            return text
        }
        return "\"\(text.escapingScalars { $0 == "\"" ? "\"\"" : nil })\""
    }
}
