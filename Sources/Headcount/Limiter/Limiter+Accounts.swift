internal import Foundation
internal import RedisClient

extension Limiter {
    /// The standing of the accounts that are active in their current periods, those nearest to their limits first.
    /// Keys read: the indexes of this month and the ones beside it, and what ``usage(of:period:)`` reads.
    ///
    /// - Parameter percent: only accounts that have used at least so many percent of their limit.
    /// - Throws: ``HeadcountError``: `unavailable`.
    public func accounts(near percent: Int? = nil) async throws -> [Usage] {
        let usages = try await concurrently(try await activeAccounts().sorted()) { try await self.usage(of: $0) }
        return
            usages
            .filter { $0.used > 0 || $0.held > 0 || $0.refusedContacts > 0 }
            .filter { usage in percent.map { (usage.percentUsed ?? 0) >= $0 } ?? true }
            .sorted { ($1.percentUsed ?? -1, $0.account) < ($0.percentUsed ?? -1, $1.account) }
    }

    private func activeAccounts() async throws -> Set<String> {
        // Redis's clock, not this machine's. Somewhere it may be a month's first day already, and a period that began
        // last month may be the current one.
        let time = try await runner.send(["TIME"]).elements?.first?.integer ?? 0
        let ahead = Date(timeIntervalSince1970: TimeInterval(time) + 14 * 3600)
        let newest = BillingCalendar.utc.period(at: ahead).name
        let names = [newest, newest.previous, newest.previous.previous]
        var accounts = try await self.accounts(inIndexOf: names)
        if accounts.isEmpty {
            try await rebuildIndex(of: names)
            accounts = try await self.accounts(inIndexOf: names)
        }
        return accounts
    }

    private func accounts(inIndexOf names: [PeriodName]) async throws -> Set<String> {
        var accounts: Set<String> = []
        for name in names {
            try await scan(["SSCAN", keys.index(name)]) { page in
                accounts.formUnion(page.filter { (try? Identifier.check(account: $0)) != nil })
            }
        }
        return accounts
    }

    /// Enters every account that has members or refusals in a period of these months.
    private func rebuildIndex(of names: [PeriodName]) async throws {
        let months = Set(names.map(\.monthName))
        try await scan(["SCAN"], suffix: ["MATCH", keys.anyAccountPattern]) { page in
            for key in page {
                guard let period = keys.period(ofKey: key), months.contains(period.monthName),
                    let account = keys.account(ofKey: key), (try? Identifier.check(account: account)) != nil
                else { continue }
                await index.enter(account, period, expireAt: indexExpiry(of: period))
            }
        }
    }

    private func scan(
        _ command: [String], suffix: [String] = [], _ visit: ([String]) async throws -> Void
    ) async throws {
        var cursor = "0"
        repeat {
            let reply = try await runner.send(RedisCommand(command + [cursor] + suffix + ["COUNT", "1000"]))
            guard let parts = reply.elements, parts.count == 2, let next = parts[0].text, let page = parts[1].elements
            else { throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to \(command[0])") }
            try await visit(page.compactMap(\.text))
            cursor = next
        } while cursor != "0"
    }
}
