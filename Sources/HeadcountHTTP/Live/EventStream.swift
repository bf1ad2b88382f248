internal import Foundation
internal import Hummingbird
internal import NIOCore

/// What is sent next on a stream of server-sent events: an event where something has changed, a comment where nothing was
/// sent for a while, so that nobody in between takes the connection for dead.
struct EventStream {
    static let interval = Duration.milliseconds(500)
    private static let silence = TimeAmount.seconds(15)

    /// How many turns pass before it is asked again whether who looks still may.
    private static let turnsBetweenChecks = 4

    private let name: String
    private var turn = 0
    private var last: Data?
    private var lastSent = NIODeadline.now()

    init(_ name: String) {
        self.name = name
    }

    /// Once in a few turns.
    var isDueToAskWhoLooks: Bool { turn.isMultiple(of: Self.turnsBetweenChecks) }

    /// To be called once a turn.
    ///
    /// - Parameter state: JSON on one line.
    mutating func next(_ state: Data, at now: NIODeadline = .now()) -> ByteBuffer? {
        turn += 1
        if state != last {
            // A browser whose stream has ended asks again after a second.
            let retry = last == nil ? "retry: 1000\n" : ""
            last = state
            lastSent = now
            return ByteBuffer(
                string: "event: \(name)\ndata: \(String(decoding: state, as: UTF8.self))\n\(retry)\n")
        }
        guard now - lastSent >= Self.silence else { return nil }
        lastSent = now
        return ByteBuffer(string: ": still here\n\n")
    }
}
