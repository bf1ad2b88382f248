/// Why an update neither triggers nor counts. The raw values stand in metrics.
enum WebhookIgnored: String, CaseIterable, Sendable {
    /// The account wrote it, in the app or through us.
    case echo
    /// The account did it to itself: its own comment, or a message that it sent to itself.
    case own
    /// The contact read a message.
    case read
    /// A message was delivered.
    case delivery
    /// The contact took a message back.
    case deleted
    /// The contact changed a message.
    case edited
    /// The contact reacted to a message, or took that back.
    case reaction
    /// The contact followed a link into the conversation, and wrote nothing.
    case referral
    /// The contact agreed to get messages of a topic.
    case optin
    /// The conversation went from one app to another.
    case handover
    /// Meta warns the account, or blocks it.
    case policy
    /// The contact rated an answer.
    case feedback
    /// Numbers of a story.
    case insights
    /// Somebody mentioned the account in a caption or a comment; Meta doesn't say who.
    case mentionWithoutSender = "mention_without_sender"
    /// A comment of which Meta doesn't say whose it is.
    case commentWithoutSender = "comment_without_sender"
    /// Meta's dashboard sent it, to try the webhook out.
    case test
    /// It is not about Instagram.
    case otherObject = "other_object"
    /// Of a kind that isn't known here.
    case unknownKind = "unknown_kind"
    /// Something that it needs is missing, or of another type than it has to be.
    case malformed
}
