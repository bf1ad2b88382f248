internal import Foundation

/// Times as senders write them: seconds or milliseconds since 1970, as a number or as text, or ISO 8601.
enum WebhookTime {
    /// From this number on they are milliseconds: seconds would be of the year 5138, milliseconds are of 1973.
    private static let firstMilliseconds = 100_000_000_000.0
    /// The first millisecond of the year 10,000.
    private static let end = 253_402_300_800_000.0

    /// Nil for what is no time.
    static func date(_ value: JSONValue) -> Date? {
        switch value {
        case .number(let number): date(sinceEpoch: number)
        case .string(let text): text.isDigits ? date(sinceEpoch: text) : date(iso8601: text)
        default: nil
        }
    }

    private static func date(sinceEpoch text: String) -> Date? {
        guard let number = Double(text), number >= 0, number < end else { return nil }
        return Date(timeIntervalSince1970: number < firstMilliseconds ? number : number / 1_000)
    }

    private static func date(iso8601 text: String) -> Date? {
        guard text.utf8.count <= 64 else { return nil }
        return (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text))
            ?? (try? Date.ISO8601FormatStyle().parse(text))
    }
}
