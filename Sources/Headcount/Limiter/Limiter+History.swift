internal import Foundation
internal import RedisClient

extension Limiter {
    /// The account's periods of the last 13 months of which something is kept, newest first; the current one always.
    /// Keys read: each period's members, refused and stats, and the audit list, which tells of earlier start days.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `unavailable`.
    public func history(of account: String) async throws -> [PeriodSummary] {
        let current = try await usage(of: account)
        let names = try await periodNames(of: account, current)
        let summaries = try await concurrently(names.filter { $0 != current.period.name }) { name in
            let calendar = try BillingCalendar(zone: current.calendar.zone, startDay: name.startDay)
            return try await self.summary(of: account, calendar.period(year: name.year, month: name.month))
        }
        let kept = summaries.filter { $0.used > 0 || $0.refusals > 0 }.sorted { $0.period.start > $1.period.start }
        return [try await summary(of: account, current.period)] + kept
    }

    /// What periods of the last 13 months may be called, whether or not anything is kept of them.
    private func periodNames(of account: String, _ current: Usage) async throws -> Set<PeriodName> {
        let startDays = try await planAudit(of: account).flatMap { [$0.from, $0.to] }.compactMap(Self.startDay)
        var names: Set<PeriodName> = [current.period.name]
        for startDay in Set(startDays + [1, current.calendar.startDay]) {
            // A change of start day may have taken an account back into a period that began before.
            var name = PeriodName(
                year: current.period.name.year, month: current.period.name.month, startDay: startDay
            ).next
            for _ in 0...13 {
                names.insert(name)
                name = name.previous
            }
        }
        return names
    }

    /// The periods whose contacts are still kept, newest first; the current one always.
    func keptPeriods(of account: String) async throws -> [PeriodName] {
        let current = try await usage(of: account)
        let names = try await periodNames(of: account, current).sorted { $0.firstDay > $1.firstDay }
        let areKept = try await concurrently(names) { name in
            let keys = [
                self.keys.members(account, name), self.keys.holders(account, name), self.keys.merged(account, name),
            ]
            return try await self.runner.send(RedisCommand(["EXISTS"] + keys)).integer ?? 0 > 0
        }
        return zip(names, areKept).filter { $0.0 == current.period.name || $0.1 }.map(\.0)
    }

    /// A period's totals, day by day.
    ///
    /// - Parameter period: as for ``usage(of:period:)``.
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidPeriod`, `unavailable`.
    public func summary(of account: String, period: String? = nil) async throws -> PeriodSummary {
        try await summary(of: account, usage(of: account, period: period).period)
    }

    func summary(of account: String, _ period: Period) async throws -> PeriodSummary {
        async let members = runner.send(["SCARD", keys.members(account, period.name)])
        async let refused = runner.send(["PFCOUNT", keys.refused(account, period.name)])
        async let stats = runner.send(["HGETALL", keys.stats(account, period.name)])
        return PeriodSummary(
            period: period, members: try await members.integer ?? 0, refusedContacts: try await refused.integer ?? 0,
            stats: try await stats.fields ?? [:])
    }

    private static func startDay(inAudit text: String) -> Int? {
        text.split(separator: " ").first { $0.hasPrefix("startDay=") }.flatMap { Int($0.dropFirst("startDay=".count)) }
    }
}
