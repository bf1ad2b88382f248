internal import Foundation
internal import Synchronization

/// Enters accounts into the index of the month, once for each account, month and process.
final class AccountIndex: Sendable {
    private static let maximumEntries = 200_000

    private struct Entry: Hashable {
        let account: String
        let month: String
    }

    private let entered = Mutex<Set<Entry>>([])
    private let runner: ScriptRunner
    private let keys: Keyspace

    init(runner: ScriptRunner, keys: Keyspace) {
        self.runner = runner
        self.keys = keys
    }

    /// The decision stands whether or not this succeeds; the next call of any process makes up for it.
    func enter(_ account: String, _ period: PeriodName, expireAt: Date) async {
        let entry = Entry(account: account, month: period.monthName)
        if entered.withLock({ $0.contains(entry) }) { return }
        let call = (keys: [keys.index(period)], arguments: [account, String(expireAt.epochSeconds)])
        guard (try? await runner.run(LimiterScripts.index, for: account, with: { _, _ in call })) != nil else { return }
        entered.withLock { entered in
            if entered.count >= Self.maximumEntries { entered.removeAll() }
            entered.insert(entry)
        }
    }
}
