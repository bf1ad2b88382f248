internal import Foundation
internal import NIOCore
internal import RedisClient
internal import Synchronization

/// Enters accounts into the index of the month: once an hour for each account and month that this process asks about, so
/// that an index that was lost comes back.
final class AccountIndex: Sendable {
    private static let maximumEntries = 200_000
    /// A decision is not held up for longer than this by an index that can't be written.
    private static let timeout = TimeAmount.seconds(3)

    private struct Entry: Hashable {
        let account: String
        let month: String
    }

    /// When to enter an account again.
    private let due = Mutex<[Entry: NIODeadline]>([:])
    private let runner: ScriptRunner
    private let keys: Keyspace
    private let retention: Int

    init(runner: ScriptRunner, keys: Keyspace, retention: Duration) {
        self.runner = runner
        self.keys = keys
        self.retention = Int(retention.components.seconds)
    }

    /// The decision stands whether or not this succeeds; another call makes up for it.
    func enter(_ account: String, _ period: PeriodName) async {
        let entry = Entry(account: account, month: period.monthName)
        let isDue = due.withLock { due in
            if let time = due[entry], time > .now() { return false }
            if due.count >= Self.maximumEntries { due.removeAll() }
            // One caller at a time; and when it fails, not every caller again.
            due[entry] = .now() + .seconds(10)
            return true
        }
        guard isDue else { return }
        let entered: Void? = try? await put(account, period, within: Self.timeout)
        if entered != nil { due.withLock { $0[entry] = .now() + .hours(1) } }
    }

    /// Enters an account, or throws.
    func put(_ account: String, _ period: PeriodName, within limit: TimeAmount? = nil) async throws {
        let call = ScriptCall(keys: [keys.index(period)], arguments: [account, String(expiry(of: period))])
        _ = try await runner.run(LimiterScripts.index, for: account, within: limit, with: { _ in call })
    }

    /// Whether the month's index is still kept.
    func isKept(_ period: PeriodName, _ time: Date) -> Bool { expiry(of: period) > time.epochSeconds }

    /// Enters an account of which nothing is counted yet: it may have been removed, by another process, since this one
    /// entered it.
    func enterAgain(_ account: String, _ period: PeriodName) async {
        due.withLock { $0[Entry(account: account, month: period.monthName)] = nil }
        await enter(account, period)
    }

    /// The account was removed: it is entered again when next asked about.
    func forget(_ account: String) {
        due.withLock { due in due = due.filter { $0.key.account != account } }
    }

    /// Epoch seconds. The same for every account, so that one with an early period doesn't cut the index short: no
    /// period that begins in a month lasts longer than 63 days after the month's first instant.
    func expiry(of period: PeriodName) -> Int {
        let month = BillingCalendar.utc.period(year: period.year, month: period.month)
        return month.start.epochSeconds + 63 * 86_400 + retention
    }
}
