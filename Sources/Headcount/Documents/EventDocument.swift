internal import Foundation

/// An event, as Redis keeps it, and as actions and readers of dead letters get it.
package struct EventDocument: Codable, Sendable {
    let kind: EventKind
    let id: String?
    let text: String?
    let details: [String: String]
    let at: Date?

    package init(_ event: InboundEvent) {
        kind = event.kind
        id = event.id
        text = event.text
        details = event.details
        at = event.at
    }

    /// What is not known is null.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encode(id, forKey: .id)
        try container.encode(text, forKey: .text)
        try container.encode(details, forKey: .details)
        try container.encode(at, forKey: .at)
    }

    /// From Redis; nil if it is malformed.
    init?(json: String) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let document = try? decoder.decode(Self.self, from: Data(json.utf8)) else { return nil }
        self = document
    }

    func event(by contact: String) -> InboundEvent {
        InboundEvent(kind, id: id, by: contact, text: text, details: details, at: at)
    }
}
