/// What a backup has of which account: as much as a restore needs to know before and after it writes.
struct RestoreOutline {
    struct Account {
        var periods: Set<PeriodName> = []
        var automations: Set<AutomationName> = []
        var hasOutbox = false
        var hasChannels = false
    }

    private(set) var accounts: [String: Account] = [:]
    private(set) var keys = 0
    private(set) var expiredKeys = 0
    private let options: RestoreOptions
    /// Redis's clock, in epoch milliseconds.
    private let now: Int

    init(_ options: RestoreOptions, now: Int) {
        self.options = options
        self.now = now
    }

    /// Whether the page is to be written.
    func wants(_ page: BackupPage, _ kind: KeyKind) -> Bool {
        guard options.wants(page.key.account), page.expires.map({ $0 > now }) ?? true else { return false }
        if case .scenario(_, .runs) = kind { return true }
        return page.key.account == nil ? kind != .other : BackupStage(kind) != nil
    }

    mutating func add(_ page: BackupPage) {
        guard options.wants(page.key.account) else { return }
        let kind = KeyKind(page.key)
        if page.part == 1, let expires = page.expires, expires <= now { expiredKeys += 1 }
        guard wants(page, kind) else { return }
        if page.part == 1 { keys += 1 }
        guard let account = page.key.account else { return }
        var outline = accounts[account] ?? Account()
        if let period = kind.period { outline.periods.insert(period) }
        if let automation = kind.automation(of: account) { outline.automations.insert(automation) }
        if kind == .outbox { outline.hasOutbox = true }
        if kind == .channels { outline.hasChannels = true }
        accounts[account] = outline
    }
}
