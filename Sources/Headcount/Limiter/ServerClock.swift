internal import Foundation
internal import NIOCore
internal import Synchronization

/// What this process believes Redis's clock to show. Redis decides (R5); this only makes the first guess right.
///
/// Until Redis has said otherwise it is the machine's clock; afterwards it runs on from what Redis said, by the
/// monotonic clock, so that setting the machine's clock changes nothing.
final class ServerClock: Sendable {
    private let offset = Mutex<TimeInterval?>(nil)

    var now: Date {
        guard let offset = offset.withLock({ $0 }) else { return Date() }
        return Date(timeIntervalSince1970: Self.monotonic + offset)
    }

    func correct(to time: Date) {
        offset.withLock { $0 = time.timeIntervalSince1970 - Self.monotonic }
    }

    private static var monotonic: TimeInterval { TimeInterval(NIODeadline.now().uptimeNanoseconds) / 1e9 }
}
