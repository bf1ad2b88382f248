internal import Headcount
internal import NIOCore
internal import Synchronization

/// Keys as Redis had them a moment ago, so that not every request asks. What it says is never older than half
/// a second, so that a revoked key stops working within a second also where it is looked at twice a second.
final class KeyCache: Sendable {
    /// From this age on one caller asks again, while the others go on with what is there.
    private static let refreshAge = TimeAmount.milliseconds(200)
    /// From this age on nobody goes on without asking.
    private static let maximumAge = TimeAmount.milliseconds(450)
    /// A key that Redis has shown in this time is good enough for who asks for no more while Redis can't be asked.
    private static let maximumAgeInOutage = TimeAmount.hours(1)
    private static let maximumEntries = 10_000

    private struct Entry {
        /// Nil: there is no such key.
        var key: APIKey?
        var asked: NIODeadline
        var isBeingRefreshed = false
    }

    private let entries = Mutex<[String: Entry]>([:])
    private let find: @Sendable (String) async throws -> APIKey?

    init(find: @escaping @Sendable (String) async throws -> APIKey?) {
        self.find = find
    }

    /// - Parameter mayBeOld: go on with a key of the last hour while Redis can't be asked.
    func key(_ id: String, mayBeOld: Bool = false) async throws -> APIKey? {
        let now = NIODeadline.now()
        let known: Entry? = entries.withLock { entries in
            guard let entry = entries[id], now - entry.asked < Self.maximumAge else { return nil }
            if now - entry.asked >= Self.refreshAge {
                guard entry.isBeingRefreshed else {
                    entries[id]?.isBeingRefreshed = true
                    return nil
                }
            }
            return entry
        }
        if let known { return known.key }
        let key: APIKey?
        do {
            key = try await find(id)
        } catch let error as HeadcountError where error.isOutage && mayBeOld {
            let old = entries.withLock { $0[id] }
            guard let old, let key = old.key, now - old.asked < Self.maximumAgeInOutage else { throw error }
            return key
        }
        entries.withLock { entries in
            if entries.count >= Self.maximumEntries, entries[id] == nil {
                entries = entries.filter { now - $0.value.asked < Self.maximumAge }
                if entries.count >= Self.maximumEntries { entries.removeAll() }
            }
            entries[id] = Entry(key: key, asked: now)
        }
        return key
    }
}
