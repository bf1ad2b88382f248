internal import Foundation
internal import Logging
internal import RedisClient

extension Limiter {
    /// The standing of the accounts that are active in their current periods, those nearest to their limits first.
    /// Keys read: the indexes of this month and the ones beside it, and what ``usage(of:period:)`` reads.
    ///
    /// An index that is lost is rebuilt by a scan of all keys. An account whose calendar this machine doesn't know is
    /// left out, and the log says so.
    ///
    /// - Parameter percent: only accounts that have used at least so many percent of their limit.
    /// - Throws: ``HeadcountError``: `unavailable`.
    public func accounts(near percent: Int? = nil) async throws -> [Usage] {
        let usages = try await concurrently(try await activeAccounts().sorted()) { account -> Usage? in
            do {
                return try await self.usage(of: account)
            } catch let error as HeadcountError where error.code == .unexpectedReply {
                self.configuration.logger.warning(
                    "account left out", metadata: ["account": "\(account)", "reason": "\(error)"])
                return nil
            }
        }
        return
            usages
            .compactMap { $0 }
            .filter { $0.used > 0 || $0.held > 0 || $0.refusedContacts > 0 }
            .filter { usage in percent.map { (usage.percentUsed ?? 0) >= $0 } ?? true }
            .sorted { ($1.percentUsed ?? -1, $0.account) < ($0.percentUsed ?? -1, $1.account) }
    }

    package func activeAccounts() async throws -> Set<String> {
        // Redis's clock, not this machine's. Somewhere it may be a month's first day already, and a period that began
        // last month may be the current one.
        let now = try await askTime()
        let newest = BillingCalendar.utc.period(at: now.addingTimeInterval(14 * 3600)).name
        let months = [newest, newest.previous, newest.previous.previous]
        var accounts: Set<String> = []
        for month in months {
            try await scan(["SSCAN", keys.index(month)]) { accounts.formUnion($0.filter(Self.isAccount)) }
        }
        let current = BillingCalendar.utc.period(at: now).name
        if try await runner.send(["EXISTS", keys.index(current)]).integer != 1 {
            accounts.formUnion(try await rebuildIndex(of: months))
        }
        return accounts
    }

    private static func isAccount(_ text: String) -> Bool { (try? Identifier.check(account: text)) != nil }

    /// Every account that has a key of a period in these months; enters them into the index, if Redis takes writes.
    private func rebuildIndex(of periods: [PeriodName]) async throws -> Set<String> {
        let months = Set(periods.map(\.monthName))
        var found: Set<String> = []
        try await scanKeys(matching: keys.anyAccountPattern) { page in
            for key in page {
                guard let period = keys.period(ofKey: key), months.contains(period.monthName),
                    let account = keys.account(ofKey: key), Self.isAccount(account), found.insert(account).inserted
                else { continue }
                await index.enter(account, period)
            }
        }
        return found
    }
}
