internal import Foundation
internal import Headcount

/// The webhooks of everybody else: `{"event":…,"contact":…}`, and perhaps `id`, `text`, `at` and `details`; or
/// `{"events":[…]}` with 1 to 1,000 of them. Fields that aren't known here are ignored.
enum GenericWebhook {
    private static let maximumEvents = 1_000
    private static let maximumDetails = 64
    private static let maximumDetailName = 128
    /// Names and texts together: each run that an event starts keeps them.
    private static let maximumDetailBytes = 8_192

    /// The events, in their order.
    ///
    /// - Throws: ``Problem``: `malformedJSON`, `invalidBody`. ``HeadcountError``: `invalidContact`.
    static func updates(in body: [UInt8]) throws -> [WebhookUpdate] {
        guard let fields = JSONFields(try JSONReader.value(of: body)) else {
            throw Problem(.invalidBody, "the body is no JSON object")
        }
        do {
            guard let events = try fields.list("events") else { return [try update(fields)] }
            guard (1...maximumEvents).contains(events.count) else {
                throw Problem(.invalidBody, "events has \(events.count) elements; give 1 to \(maximumEvents)")
            }
            return try events.map { event in
                guard let fields = JSONFields(event) else { throw JSONFields.Fault(field: "events") }
                return try update(fields)
            }
        } catch let fault as JSONFields.Fault {
            throw Problem(.invalidBody, "\(fault.field) is of a wrong type or out of range")
        }
    }

    private static func update(_ fields: JSONFields) throws -> WebhookUpdate {
        guard let name = try fields.text("event") else {
            let kinds = EventKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.invalidBody, "event is missing; give one of \(kinds)")
        }
        guard fields["contact"] != nil else { throw Problem(.invalidBody, "contact is missing; give who did it") }
        let contact = try fields.id("contact") ?? ""
        try Identifier.check(contact: contact)
        guard let kind = EventKind(rawValue: name) else { return .ignored(.unknownKind) }
        return .event(
            InboundEvent(
                kind, id: try fields.id("id"), by: contact,
                text: try fields.text("text")?.cut(toBytes: InboundEvent.maximumText), details: try details(fields),
                at: try fields.time("at")))
    }

    private static func details(_ fields: JSONFields) throws -> [String: String] {
        guard let details = try fields.fields("details")?.all else { return [:] }
        guard details.count <= maximumDetails else {
            throw Problem(.invalidBody, "details has \(details.count) fields; give at most \(maximumDetails)")
        }
        let size = details.reduce(0) { $0 + $1.key.utf8.count + ($1.value.text?.utf8.count ?? 0) }
        guard size <= maximumDetailBytes else {
            throw Problem(.invalidBody, "details has \(size) bytes; give at most \(maximumDetailBytes)")
        }
        return try details.reduce(into: [:]) { texts, detail in
            guard let text = detail.value.text, detail.key.utf8.count <= maximumDetailName else {
                throw JSONFields.Fault(field: "details")
            }
            texts[detail.key] = text.cut(toBytes: InboundEvent.maximumDetail)
        }
    }
}
