internal import Headcount
internal import Foundation

/// What is read of one account to show its page.
struct AccountFacts {
    static let auditEntries = 12
    static let noticeEntries = 20

    /// Of the period that is looked at.
    let usage: Usage
    let current: Usage
    let summary: PeriodSummary
    /// The last twelve months, oldest first; the current period is the last.
    let timeline: [PeriodSummary]
    let plan: AccountPlan
    let audit: [PlanAuditEntry]
    let keys: [AccountKey]
    /// Newest first.
    let campaigns: [Campaign]
    /// Newest first.
    let notices: [Notice]
    let noticeSettings: NoticeSettings
    /// By Redis's clock.
    let now: Date

    var account: String { usage.account }
    var zone: String { current.calendar.zone }
    var isCurrent: Bool { usage.period.name == current.period.name }

    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidPeriod`, `unavailable`.
    init(_ limiter: Limiter, account: String, period: String?) async throws {
        current = try await limiter.usage(of: account)
        async let usage = limiter.usage(of: account, period: period)
        async let history = limiter.history(of: account)
        async let plan = limiter.plan(of: account)
        async let audit = limiter.planAudit(of: account, newest: Self.auditEntries)
        async let keys = limiter.keys(of: account)
        async let campaigns = limiter.campaigns.list(of: account, newest: CampaignsView.maximum + 1)
        async let notices = limiter.notices.list(of: account, newest: Self.noticeEntries)
        async let noticeSettings = limiter.notices.settings(of: account)
        self.usage = try await usage
        let periods = try await history
        summary =
            if let known = periods.first(where: { [usage = self.usage] in $0.period.name == usage.period.name }) {
                known
            } else {
                try await limiter.summary(of: account, period: self.usage.period.name.firstDay)
            }
        timeline = try Self.timeline(periods, current: current)
        self.plan = try await plan
        self.audit = try await audit
        self.keys = try await keys
        self.campaigns = try await campaigns
        self.notices = try await notices
        self.noticeSettings = try await noticeSettings
        now = limiter.serverTime
    }

    /// A period for each of twelve months: the one that is kept, or an empty one.
    private static func timeline(_ kept: [PeriodSummary], current: Usage) throws -> [PeriodSummary] {
        var name = current.period.name
        var timeline: [PeriodSummary] = []
        for _ in 0..<12 {
            let inMonth = kept.filter { $0.period.name.monthName == name.monthName }
            if inMonth.isEmpty {
                let period = current.calendar.period(year: name.year, month: name.month)
                timeline.append(PeriodSummary(period: period, members: 0, refusedContacts: 0, stats: [:]))
            } else {
                // Newest first, as the history is: two where the start day was changed.
                timeline += inMonth
            }
            name = name.previous
        }
        return timeline.reversed()
    }
}
