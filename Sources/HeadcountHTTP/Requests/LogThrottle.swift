internal import NIOCore
internal import Synchronization

/// Lets one message of a kind through a second: what goes wrong for every request need not be said for every request.
final class LogThrottle: Sendable {
    private let next = Mutex(NIODeadline.uptimeNanoseconds(0))

    var isDue: Bool {
        next.withLock { next in
            let now = NIODeadline.now()
            guard now >= next else { return false }
            next = now + .seconds(1)
            return true
        }
    }
}
