/// An element of `changes`, or an entry that is one: a field, and its value.
enum InstagramChange {
    /// Fields of messaging that are no events, by what they are.
    private static let others: [String: WebhookIgnored] = [
        "message_echoes": .echo, "message_deliveries": .delivery, "message_reads": .read, "messaging_seen": .read,
        "message_edit": .edited, "message_edits": .edited, "message_reactions": .reaction,
        "messaging_referral": .referral, "messaging_referrals": .referral, "messaging_optins": .optin,
        "messaging_handover": .handover, "messaging_handovers": .handover, "messaging_policy_enforcement": .policy,
        "response_feedback": .feedback, "mentions": .mentionWithoutSender, "story_insights": .insights,
    ]

    static func updates(_ change: JSONValue, of entry: InstagramEntry) -> [WebhookUpdate] {
        guard let field = change["field"]?.text else { return [.ignored(.malformed)] }
        switch change["value"] ?? .null {
        // Meta's text speaks of an array, its examples show an object.
        case .array(let values): return values.map { update(field, $0, of: entry) }
        case let value: return [update(field, value, of: entry)]
        }
    }

    private static func update(_ field: String, _ value: JSONValue, of entry: InstagramEntry) -> WebhookUpdate {
        switch field {
        case "comments", "live_comments": InstagramComment.update(value, field: field, of: entry)
        // What Meta's dashboard shows, and what some apps are sent instead of `messaging`.
        case "messages", "messaging_postbacks", "standby": InstagramMessaging.update(value, of: entry)
        default: .ignored(InstagramSample.isMessaging(value) ? .test : others[field] ?? .unknownKind)
        }
    }
}
