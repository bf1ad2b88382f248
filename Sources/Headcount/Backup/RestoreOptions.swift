/// What is to be restored, and how.
package struct RestoreOptions: Sendable {
    /// What becomes of accounts that are there already.
    package enum Mode: Sendable {
        /// Nothing is restored then.
        case refuse
        /// What is missing is added: members are united, the account's own plan stays.
        case merge
        /// They are removed first.
        case replace
    }

    /// Which accounts; empty: all that the backup has, and what belongs to none.
    package var accounts: [String]
    package var mode: Mode
    /// Campaigns and scenarios wait until somebody resumes them.
    package var paused: Bool
    /// Only the backup is checked, and what is there already.
    package var dryRun: Bool

    package init(accounts: [String] = [], mode: Mode = .refuse, paused: Bool = false, dryRun: Bool = false) {
        self.accounts = accounts
        self.mode = mode
        self.paused = paused
        self.dryRun = dryRun
    }

    func wants(_ account: String?) -> Bool {
        guard let account else { return accounts.isEmpty }
        return accounts.isEmpty || accounts.contains(account)
    }
}
