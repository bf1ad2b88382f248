internal import Foundation

/// A notice and where its delivery is, as the command line and the HTTP API write it.
package struct NoticeDocument: Encodable, Sendable {
    /// Those of the notice's own fields that are numbers.
    private static let numbers: Set<String> = ["threshold", "limit", "used"]

    private let notice: Notice

    package init(_ notice: Notice) {
        self.notice = notice
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: FieldName.self)
        // First, so that none of them takes another's place.
        for (name, value) in notice.fields {
            if Self.numbers.contains(name), let number = Int(value) {
                try container.encode(number, forKey: FieldName(stringValue: name))
            } else {
                try container.encode(value, forKey: FieldName(stringValue: name))
            }
        }
        try container.encode(notice.id, forKey: "id")
        try container.encode(notice.event, forKey: "event")
        try container.encode(notice.at, forKey: "at")
        try container.encode(notice.status, forKey: "status")
        try container.encode(notice.attempts, forKey: "attempts")
        try container.encode(notice.detail, forKey: "detail")
        try container.encode(Nullable(notice.due), forKey: "due")
    }

    private struct FieldName: CodingKey, ExpressibleByStringLiteral {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init(stringLiteral: String) { stringValue = stringLiteral }
        init?(intValue: Int) { nil }
    }
}
