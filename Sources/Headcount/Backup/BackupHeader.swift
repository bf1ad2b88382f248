package import Foundation

/// The first line of a backup.
package struct BackupHeader: Hashable, Sendable, Codable {
    /// What this version writes, and the only one that it reads.
    package static let currentFormat = 1

    /// Says what the file is.
    var headcount = "backup"
    /// The version of the format.
    package var format = Self.currentFormat
    /// Names this backup among all others.
    package let id: String
    /// When it began, by Redis's clock, in epoch milliseconds: what was counted before is in it.
    package let began: Int
    /// The same for people.
    package let time: String
    /// What the keys began with where it was made.
    package let prefix: String
    /// The accounts that were asked for; nil for all, and what belongs to none.
    package let accounts: [String]?

    package init(id: String, began: Date, prefix: String, accounts: [String]?) {
        self.id = id
        self.began = Int(began.timeIntervalSince1970 * 1_000)
        time = began.formatted(.iso8601)
        self.prefix = prefix
        self.accounts = accounts
    }

    /// What is wrong with it; nil if nothing is.
    var fault: String? {
        if headcount != "backup" { return "is not the first line of a backup" }
        if format != Self.currentFormat {
            return
                "has format \(format), and this version reads \(Self.currentFormat) only; use the version of headcount "
                + "that made the backup, or a later one"
        }
        if id.utf8.isEmpty || id.utf8.count > 64 || !id.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            return "has no id that could be a backup's"
        }
        guard let accounts else { return nil }
        return accounts.contains { (try? Identifier.check(account: $0)) == nil }
            ? "names an account that can't be one" : nil
    }

    /// All members are written, so that a reader sees that there is none.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(headcount, forKey: .headcount)
        try container.encode(format, forKey: .format)
        try container.encode(id, forKey: .id)
        try container.encode(began, forKey: .began)
        try container.encode(time, forKey: .time)
        try container.encode(prefix, forKey: .prefix)
        try container.encode(accounts, forKey: .accounts)
    }
}
