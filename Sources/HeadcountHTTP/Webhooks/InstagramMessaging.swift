internal import Foundation
internal import Headcount

/// An element of `messaging` or `standby`, or the value of a change that is like one.
///
/// Sources: "Webhooks for Instagram Messaging", "Instagram Platform Webhook Notification Examples" and "Self Messaging"
/// at developers.facebook.com.
enum InstagramMessaging {
    /// What is neither a message nor a postback, by the field that says so.
    private static let others: KeyValuePairs<String, WebhookIgnored> = [
        "read": .read, "delivery": .delivery, "message_edit": .edited, "reaction": .reaction, "referral": .referral,
        "optin": .optin, "pass_thread_control": .handover, "take_thread_control": .handover,
        "request_thread_control": .handover, "pass_thread_metadata": .handover, "app_roles": .handover,
        "policy_enforcement": .policy, "response_feedback": .feedback,
    ]

    static func update(_ value: JSONValue, of entry: InstagramEntry) -> WebhookUpdate {
        guard let fields = JSONFields(value) else { return .ignored(.malformed) }
        if InstagramSample.isMessaging(value) { return .ignored(.test) }
        do {
            if let message = try fields.fields("message") { return try update(message: message, fields, of: entry) }
            if let postback = try fields.fields("postback") { return try update(postback: postback, fields, of: entry) }
        } catch {
            return .ignored(.malformed)
        }
        return .ignored(others.first { fields[$0.key] != nil }?.value ?? .unknownKind)
    }

    private static func update(
        message: JSONFields, _ fields: JSONFields, of entry: InstagramEntry
    ) throws -> WebhookUpdate {
        if try message.flag("is_echo") { return .ignored(.echo) }
        if try message.flag("is_deleted") { return .ignored(.deleted) }
        if try message.flag("is_self") { return .ignored(.own) }
        guard let contact = try contact(in: fields, of: entry) else { return .ignored(.echo) }
        if try fields.flag("is_self") { return .ignored(.own) }
        let repliedTo = try message.fields("reply_to")
        let story = try repliedTo?.fields("story")
        let attachments = try message.list("attachments") ?? []
        let types = attachments.compactMap { $0["type"]?.text }
        let kind: EventKind =
            if story != nil { .storyReply } else if types.contains("story_mention") { .mention } else { .message }
        let typeList: JSONValue? = types.isEmpty ? nil : JSONValue.string(types.joined(separator: ","))
        let url: JSONValue? = attachments.compactMap { $0["payload"]?["url"] }.first
        let referral = message["referral"]
        let details = EventDetails.those(in: [
            "payload": message["quick_reply"]?["payload"],
            "reply_to": repliedTo?["mid"],
            "story": story?["id"],
            "story_url": story?["url"],
            "attachments": typeList,
            "attachment_url": url,
            "ref": referral?["ref"],
            "ad_id": referral?["ad_id"],
            "product": referral?["product"]?["id"],
            "is_unsupported": message["is_unsupported"],
        ])
        return .event(
            InboundEvent(
                kind, id: try message.id("mid"), by: contact,
                text: try message.text("text")?.cut(toBytes: InboundEvent.maximumText), details: details,
                at: (try? fields.time("timestamp")) ?? entry.time))
    }

    private static func update(
        postback: JSONFields, _ fields: JSONFields, of entry: InstagramEntry
    ) throws -> WebhookUpdate {
        if try postback.flag("is_self") { return .ignored(.own) }
        if try fields.flag("is_self") { return .ignored(.own) }
        guard let contact = try contact(in: fields, of: entry) else { return .ignored(.echo) }
        let details = EventDetails.those(in: [
            "payload": postback["payload"],
            "ref": postback["referral"]?["ref"],
            "ad_id": postback["referral"]?["ad_id"],
        ])
        return .event(
            InboundEvent(
                .postback, id: try postback.id("mid"), by: contact,
                text: try postback.text("title")?.cut(toBytes: InboundEvent.maximumText), details: details,
                at: (try? fields.time("timestamp")) ?? entry.time))
    }

    /// Who wrote to the account; nil if it wrote itself.
    private static func contact(in fields: JSONFields, of entry: InstagramEntry) throws -> String? {
        guard let sender = try fields.fields("sender")?.id("id"), Identifier.fault(inContact: sender) == nil else {
            throw JSONFields.Fault(field: "sender")
        }
        return sender == entry.id ? nil : sender
    }
}
