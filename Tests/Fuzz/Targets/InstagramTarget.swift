@testable import Headcount
@testable import HeadcountHTTP

/// Meta's webhooks: each is refused as a whole, or gives events that can be recorded.
extension FuzzTarget {
    static let instagram = FuzzTarget(
        name: "instagram",
        words: jsonWords + [
            "\"object\":\"instagram\"", "\"entry\":[", "\"id\":", "\"messaging\":[", "\"standby\":[", "\"changes\":[",
            "\"field\":\"comments\"", "\"value\":", "\"message\":{", "\"mid\":", "\"sender\":{", "\"timestamp\":",
            "\"from\":{",
            "\"postback\":{", "\"text\":", "\"reply_to\":{\"story\":{", "\"attachments\":[", "\"is_echo\":true",
        ]
    ) { bytes in
        do {
            for update in try InstagramWebhook.updates(in: bytes) {
                guard case .event(let event) = update.update else { continue }
                try hold(update.entry?.isEmpty == false, "an event of no account")
                try event.check()
            }
        } catch let problem as Problem {
            try hold([.malformedJSON, .invalidBody].contains(problem.kind), "another problem: \(problem)")
        }
    }
}

extension InboundEvent {
    /// - Throws: ``FuzzFault`` if it is not as events are.
    func check() throws {
        try hold(Identifier.fault(inContact: contact) == nil, "an event of a contact that is not allowed")
        try hold(id?.isEmpty != true, "an event with an empty id")
        try hold((text ?? "").utf8.count <= Self.maximumText, "a text of \((text ?? "").utf8.count) bytes")
        try hold(details.values.allSatisfy { $0.utf8.count <= Self.maximumDetail }, "a detail that is too long")
    }
}
