internal import Foundation
internal import Hummingbird
internal import NIOCore

/// What is sent next on a stream of server-sent events: an event where something has changed, a comment where nothing was
/// sent for a while, so that nobody in between takes the connection for dead.
struct EventStream {
    static let interval = Duration.milliseconds(500)
    private static let silence = TimeAmount.seconds(15)

    private let name: String
    private var last: Data?
    private var lastSent = NIODeadline.now()

    init(_ name: String) {
        self.name = name
    }

    /// - Parameter state: JSON on one line.
    mutating func next(_ state: Data, at now: NIODeadline = .now()) -> ByteBuffer? {
        if state != last {
            last = state
            lastSent = now
            return ByteBuffer(string: "event: \(name)\ndata: \(String(decoding: state, as: UTF8.self))\n\n")
        }
        guard now - lastSent >= Self.silence else { return nil }
        lastSent = now
        return ByteBuffer(string: ": still here\n\n")
    }
}
