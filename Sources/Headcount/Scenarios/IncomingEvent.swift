internal import Crypto

/// An event, and what tells it from all others.
struct IncomingEvent: Sendable {
    let event: InboundEvent
    /// Made once, so that a repetition of the call finds an event without an id as well.
    let fingerprint: String

    init(_ event: InboundEvent) {
        self.event = event
        let id = event.id.map { "\(event.kind.rawValue)\0\($0)" } ?? "\0\(ReservationToken.randomID())"
        fingerprint = Hexadecimal.text(SHA256.hash(data: Array(id.utf8)).prefix(16))
    }
}
