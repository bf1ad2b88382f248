internal import Foundation
internal import Headcount

/// The value of a change of the fields `comments` and `live_comments`.
///
/// Sources: "Instagram Platform Webhook Notification Examples", "Self Messaging" and the reference of the Instagram
/// webhook at developers.facebook.com. The comment's id is `id` for apps with Business Login for Instagram, and
/// `comment_id` or `id` for those with Facebook Login.
enum InstagramComment {
    /// - Parameter field: the change's, as Meta wants live comments told apart.
    static func update(_ value: JSONValue, field: String, of entry: InstagramEntry) -> WebhookUpdate {
        guard let comment = JSONFields(value) else { return .ignored(.malformed) }
        do {
            return try update(comment, field: field, of: entry)
        } catch {
            return .ignored(.malformed)
        }
    }

    private static func update(_ comment: JSONFields, field: String, of entry: InstagramEntry) throws -> WebhookUpdate {
        let from = try comment.fields("from")
        let author = try from?.id("id")
        let id = try comment.id("id") ?? comment.id("comment_id")
        if InstagramSample.isComment(id, by: author) { return .ignored(.test) }
        // Only the account's own comments have this, its id as others see it.
        if from?["self_ig_scoped_id"] != nil || author == entry.id { return .ignored(.own) }
        guard let contact = author else { return .ignored(.commentWithoutSender) }
        guard Identifier.fault(inContact: contact) == nil else { return .ignored(.malformed) }
        let media = comment["media"]
        let details = EventDetails.those(in: [
            "field": JSONValue.string(field),
            "media": media?["id"],
            "media_product_type": media?["media_product_type"],
            "original_media_id": media?["original_media_id"],
            "ad_id": media?["ad_id"],
            "ad_title": media?["ad_title"],
            "parent_id": comment["parent_id"],
            "username": from?["username"],
        ])
        return .event(
            InboundEvent(
                .comment, id: id, by: contact, text: try comment.text("text")?.cut(toBytes: InboundEvent.maximumText),
                details: details, at: (try? comment.time("timestamp")) ?? entry.time))
    }
}
