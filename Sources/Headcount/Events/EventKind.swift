/// What a contact did.
public enum EventKind: String, Sendable, CaseIterable, Codable {
    /// Sent a message, or chose a quick reply.
    case message
    /// Commented on a post, a reel or a live video.
    case comment
    /// Pressed a button or an ice breaker.
    case postback
    /// Answered a story.
    case storyReply = "story_reply"
    /// Mentioned the account in a story of its own.
    case mention
}
