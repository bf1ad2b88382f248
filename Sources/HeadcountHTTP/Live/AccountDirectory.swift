internal import Foundation
internal import Headcount
internal import NIOCore
internal import Synchronization

/// The list of active accounts, nearest to the limit first, shared by all who ask.
///
/// Making it asks Redis about every account. A list is kept for ten times as long as it took to make, so that no more
/// than a tenth of the time goes into it: for milliseconds with a hundred accounts, for seconds with 100,000.
final class AccountDirectory: Sendable {
    struct List: Sendable {
        let usages: [Usage]
        /// When it was made, by Redis's clock.
        let asOf: Date
    }

    private struct Making {
        let list: Task<List, any Error>
        /// Known once it is made.
        var keepUntil: NIODeadline?
    }

    private let limiter: Limiter
    private let making = Mutex<Making?>(nil)

    init(limiter: Limiter) {
        self.limiter = limiter
    }

    func list() async throws -> List {
        let list = making.withLock { making in
            if let current = making, current.keepUntil.map({ NIODeadline.now() < $0 }) ?? true { return current.list }
            let list = Task { try await make() }
            making = Making(list: list)
            return list
        }
        return try await list.value
    }

    private func make() async throws -> List {
        let start = NIODeadline.now()
        do {
            let usages = try await limiter.accounts()
            let now = NIODeadline.now()
            making.withLock { $0?.keepUntil = now + .nanoseconds((now - start).nanoseconds * 10) }
            return List(usages: usages, asOf: limiter.serverTime)
        } catch {
            making.withLock { $0 = nil }
            throw error
        }
    }
}
