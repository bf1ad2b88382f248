import Headcount

@testable import HeadcountHTTP

/// Webhooks as Meta documents them, with ids in the places of what stands in `<…>` there.
enum InstagramText {
    /// The account's Instagram id.
    static let account = "17841405822304914"
    /// The Instagram-scoped id of the one who writes.
    static let sender = "6789012345678901"

    /// A body with one entry, of some fields such as `"messaging":[…]`.
    static func body(_ fields: String, id: String = #""17841405822304914""#, time: String = "1569262486134") -> String {
        #"{"object":"instagram","entry":[{"id":\#(id),"time":\#(time),\#(fields)}]}"#
    }

    /// An element of `messaging` from ``sender``, with some fields such as `"message":{…}`.
    static func messaging(_ fields: String, timestamp: String = "1569262485349") -> String {
        #"{"sender":{"id":"6789012345678901"},"recipient":{"id":"17841405822304914"},"timestamp":\#(timestamp),"#
            + "\(fields)}"
    }

    /// A body with one message, or what else there is.
    static func body(messaging fields: String) -> String { body(#""messaging":[\#(messaging(fields))]"#) }

    /// A body with one change.
    static func body(change field: String, _ value: String) -> String {
        body(#""changes":[{"field":"\#(field)","value":\#(value)}]"#)
    }

    static func updates(_ body: String) throws -> [InstagramUpdate] {
        try InstagramWebhook.updates(in: Array(body.utf8))
    }

    /// What became of each update.
    static func reasons(_ body: String) throws -> [WebhookIgnored?] {
        try updates(body).map { update in
            if case .ignored(let reason) = update.update { reason } else { nil }
        }
    }

    /// The events of a body, all of whose updates are events.
    static func events(_ body: String) throws -> [InboundEvent] {
        try updates(body).map { update in
            guard case .event(let event) = update.update else { throw NoEvent(update: update) }
            return event
        }
    }

    struct NoEvent: Error {
        let update: InstagramUpdate
    }
}
