internal import Foundation

/// Meta's webhooks of the object `instagram`, of apps with either login: batches of up to 1,000 updates, of several
/// accounts and kinds.
///
/// An update that can't be read is malformed by itself, and those around it are read all the same.
enum InstagramWebhook {
    /// The updates in their order, and within an entry those of `messaging`, then of `standby`, then of `changes`.
    ///
    /// - Throws: ``Problem``: `malformedJSON`, `invalidBody` where there are no entries at all.
    static func updates(in body: [UInt8]) throws -> [InstagramUpdate] {
        let value = try JSONReader.value(of: body)
        // Meta's examples stand in an array, what it sends doesn't.
        let notifications: [JSONValue] = if case .array(let elements) = value { elements } else { [value] }
        guard notifications.contains(where: isNotification) else {
            throw Problem(.invalidBody, "the body is no JSON object with an array entry")
        }
        return notifications.flatMap(updates(ofNotification:))
    }

    private static func isNotification(_ value: JSONValue) -> Bool {
        if case .array? = value["entry"] { true } else { InstagramSample.isBare(value) }
    }

    private static func updates(ofNotification notification: JSONValue) -> [InstagramUpdate] {
        guard case .array(let entries)? = notification["entry"] else {
            return [ignored(InstagramSample.isBare(notification) ? .test : .malformed)]
        }
        guard notification["object"] == .string("instagram") else { return entries.map { _ in ignored(.otherObject) } }
        return entries.flatMap(updates(ofEntry:))
    }

    private static func updates(ofEntry value: JSONValue) -> [InstagramUpdate] {
        guard let id = value["id"]?.id else { return [ignored(.malformed)] }
        let entry = InstagramEntry(id: id, time: value["time"].flatMap(WebhookTime.date(_:)))
        var updates = each("messaging", of: value) { [InstagramMessaging.update($0, of: entry)] } ?? []
        updates += each("standby", of: value) { [InstagramMessaging.update($0, of: entry)] } ?? []
        updates += each("changes", of: value) { InstagramChange.updates($0, of: entry) } ?? []
        // Comments of apps with Business Login for Instagram.
        if value["field"] != nil { updates += InstagramChange.updates(value, of: entry) }
        if !["messaging", "standby", "changes", "field"].contains(where: { value[$0] != nil }) {
            updates = [.ignored(.unknownKind)]
        }
        return updates.map { update in
            InstagramUpdate(entry: id, update: id == InstagramSample.entry ? .ignored(.test) : update)
        }
    }

    /// Nil where the field is missing.
    private static func each(
        _ name: String, of entry: JSONValue, _ updates: (JSONValue) -> [WebhookUpdate]
    ) -> [WebhookUpdate]? {
        guard let value = entry[name] else { return nil }
        guard case .array(let elements) = value else { return [.ignored(.malformed)] }
        return elements.flatMap(updates)
    }

    private static func ignored(_ reason: WebhookIgnored) -> InstagramUpdate {
        InstagramUpdate(entry: nil, update: .ignored(reason))
    }
}
