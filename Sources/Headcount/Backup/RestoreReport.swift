/// What a restore came to.
package struct RestoreReport: Sendable {
    package let header: BackupHeader
    package let isDryRun: Bool
    package internal(set) var accounts = 0
    package internal(set) var keys = 0
    package internal(set) var counts = RestoreCounts()
    /// Keys that were left out, since they would have expired by now.
    package internal(set) var expiredKeys = 0
    /// Accounts that were there already.
    package internal(set) var existing: [String] = []
    /// Campaigns and scenarios that were there already, and stayed as they were: `ACCOUNT campaign:ID`.
    package internal(set) var kept: [String] = []
    /// Instagram ids that are linked to another account by now.
    package internal(set) var taken: [String] = []

    init(_ header: BackupHeader, isDryRun: Bool) {
        self.header = header
        self.isDryRun = isDryRun
    }
}

/// How many elements were written.
package struct RestoreCounts: Sendable, Hashable {
    package internal(set) var added = 0
    /// Those that were there already, and those that are older than what is.
    package internal(set) var present = 0

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.added += right.added
        sum.present += right.present
        return sum
    }
}
