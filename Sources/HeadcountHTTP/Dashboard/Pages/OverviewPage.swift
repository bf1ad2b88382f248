internal import Foundation
internal import Headcount

/// All accounts, nearest to their limit first.
struct OverviewPage: Page {
    struct Figure {
        let name, label, valueText: String
    }

    struct Row {
        let account, accountHref, periodName: String
        let usage: UsageView
        let plan, mode: String
        let resetsText, resetsAt, resetsTitle: String

        init(_ usage: Usage) {
            account = usage.account
            accountHref = DashboardPath.account(usage.account)
            periodName = usage.period.name.firstDay
            self.usage = UsageView(usage)
            plan = usage.plan
            mode = usage.mode.rawValue
            let zone = usage.calendar.zone
            let resets = DateText(usage.resetsAt, in: zone)
            resetsText = resets.shortDay
            resetsAt = usage.resetsAt.formatted(.iso8601)
            resetsTitle = "\(resets.dayAndTime), \(zone)"
        }
    }

    private static let rowsOnAPage = 50

    let frame: PageFrame
    let figures: [Figure]
    let query: String
    let isSearch, hasAccounts: Bool
    let accounts: [Row]
    let rangeText, pageText: String
    let previousHref, nextHref: String?
    let liveHref = "/events"
    let emptyTitle, emptyText: String
    let emptyCommand: String?

    /// - Parameter page: from 1 on; beyond the end, the last one.
    init(_ list: AccountDirectory.List, query: String, page: Int, visitor: Visitor) {
        frame = PageFrame("Accounts", visitor: visitor, renderedAt: list.asOf, isHome: true)
        self.query = query
        isSearch = !query.isEmpty
        figures = Self.figures(list)
        let wanted = query.lowercased()
        let matches = isSearch ? list.usages.filter { $0.account.lowercased().contains(wanted) } : list.usages
        let pages = max(1, (matches.count + Self.rowsOnAPage - 1) / Self.rowsOnAPage)
        let page = min(max(1, page), pages)
        let first = (page - 1) * Self.rowsOnAPage
        accounts = matches.dropFirst(first).prefix(Self.rowsOnAPage).map(Row.init)
        hasAccounts = !accounts.isEmpty
        rangeText = "\((first + 1).grouped)–\((first + accounts.count).grouped) of \(matches.count.grouped)"
        pageText = "Page \(page.grouped) of \(pages.grouped)"
        let search = isSearch ? query : nil
        previousHref = page > 1 ? DashboardPath.with("/", ["q": search, "page": String(page - 1)]) : nil
        nextHref = page < pages ? DashboardPath.with("/", ["q": search, "page": String(page + 1)]) : nil
        emptyTitle = isSearch ? "No account matches “\(query)”" : "No account has activated a contact yet"
        emptyText =
            isSearch
            ? "Type a part of an account’s id. An account appears once it has activated a contact."
            : "Accounts appear here as soon as a campaign, a scenario or an AI agent touches a contact."
        emptyCommand = isSearch ? nil : "headcount activate acct_42 --by campaign:spring 17841400008460056"
    }

    private static func figures(_ list: AccountDirectory.List) -> [Figure] {
        let full = list.usages.count { ($0.percentUsed ?? 0) >= 100 }
        let near = list.usages.count { (80..<100).contains($0.percentUsed ?? 0) }
        let month = DateText(list.asOf, in: "UTC").monthName
        return [
            Figure(name: "active", label: "Active in \(month)", valueText: list.usages.count.grouped),
            Figure(name: "full", label: "At the limit", valueText: full.grouped),
            Figure(name: "near", label: "Near the limit", valueText: near.grouped),
        ]
    }
}
