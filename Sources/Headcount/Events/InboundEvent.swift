public import Foundation

/// Something that a contact did, on a channel that tells us of it. It may trigger scenarios.
public struct InboundEvent: Hashable, Sendable {
    /// Longest text that is kept, in bytes.
    package static let maximumText = 4_096
    /// Longest detail that is kept, in bytes.
    package static let maximumDetail = 1_024

    /// What the contact did.
    public var kind: EventKind
    /// The channel's name for it, such as a message's `mid` or a comment's id: an event whose kind and id came before is the
    /// same one. Nil: it is nobody's repetition.
    public var id: String?
    /// Who did it.
    public var contact: String
    /// What they wrote, if anything. Keywords are looked for in it.
    public var text: String?
    /// What else the channel said of it, such as `media` or `payload`, by its name there.
    public var details: [String: String]
    /// When they did it, by the channel's clock; nil if it didn't say.
    public var at: Date?

    /// An event.
    public init(
        _ kind: EventKind, id: String? = nil, by contact: String, text: String? = nil, details: [String: String] = [:],
        at: Date? = nil
    ) {
        self.kind = kind
        self.id = id
        self.contact = contact
        self.text = text
        self.details = details
        self.at = at
    }
}
