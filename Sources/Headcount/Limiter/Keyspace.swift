internal import Crypto
internal import Foundation

/// How Redis keys are called. The account in braces is the cluster hash tag: one slot holds all of an account's keys.
package struct Keyspace: Sendable {
    package let prefix: String

    package init(prefix: String) {
        self.prefix = prefix
    }

    package func members(_ account: String, _ period: PeriodName) -> String {
        prefix + ":{" + account + "}:" + period.description
    }
    package func held(_ account: String, _ period: PeriodName) -> String { members(account, period) + ":held" }
    package func stats(_ account: String, _ period: PeriodName) -> String { members(account, period) + ":stats" }
    package func refused(_ account: String, _ period: PeriodName) -> String { members(account, period) + ":refused" }
    package func holders(_ account: String, _ period: PeriodName) -> String { members(account, period) + ":holders" }
    package func merged(_ account: String, _ period: PeriodName) -> String { members(account, period) + ":merged" }
    /// Tombstones of contacts that were erased before they were counted: a journal may still have them.
    package func erased(_ account: String, _ period: PeriodName) -> String { members(account, period) + ":erased" }
    package func plan(_ account: String) -> String { prefix + ":{" + account + "}:plan" }
    package func audit(_ account: String) -> String { "\(prefix):{\(account)}:audit" }

    package func outbox(_ account: String) -> String { prefix + ":{" + account + "}:outbox" }
    /// How often and why notices in the outbox could not be delivered yet.
    package func deliveries(_ account: String) -> String { "\(outbox(account)):deliveries" }
    /// Notices that were delivered or given up, the last 500.
    package func notices(_ account: String) -> String { "\(prefix):{\(account)}:notices" }

    /// The account's campaigns by when they were made.
    package func campaigns(_ account: String) -> String { "\(prefix):{\(account)}:campaigns" }
    package func campaign(_ account: String, _ id: String) -> String { "\(prefix):{\(account)}:campaign:\(id)" }
    /// What workers have under way for the account.
    package func sending(_ account: String) -> String { "\(prefix):{\(account)}:sending" }
    /// When the account's next send is due.
    package func pace(_ account: String) -> String { "\(prefix):{\(account)}:pace" }

    /// The account's scenarios: `:version`, and their definitions by id.
    package func scenarios(_ account: String) -> String { "\(prefix):{\(account)}:scenarios" }
    package func scenario(_ account: String, _ id: String) -> String { "\(prefix):{\(account)}:scenario:\(id)" }
    /// Events by when they came, so that none is taken twice.
    package func seen(_ account: String) -> String { "\(prefix):{\(account)}:seen" }
    /// Contacts by when they were last heard of.
    package func heard(_ account: String) -> String { "\(prefix):{\(account)}:heard" }
    /// What happened with a contact, the last 100 things.
    package func contact(_ account: String, _ contact: String) -> String { "\(prefix):{\(account)}:contact:\(contact)" }
    /// The account's runs that ended, the last 1,000.
    package func ended(_ account: String) -> String { "\(prefix):{\(account)}:ended" }
    package func deadLetters(_ account: String) -> String { "\(prefix):{\(account)}:dead" }
    package var anyDeadLettersPattern: String { "\(prefix):{*}:dead" }
    package func channels(_ account: String) -> String { "\(prefix):{\(account)}:channels" }
    /// The accounts of Instagram ids.
    package var instagramChannels: String { "\(prefix):channels:instagram" }
    /// Scenarios, as `ACCOUNT ID`, by when a worker is to look after them.
    package var dueScenarios: String { "\(prefix):due:scenarios" }

    /// Accounts with notices to deliver, by when a server or worker is to look after them.
    package var dueNotices: String { "\(prefix):due:notices" }
    /// Campaigns, as `ACCOUNT ID`, by when a worker is to look after them.
    package var dueCampaigns: String { "\(prefix):due:campaigns" }
    /// When some server or worker is to look for accounts that ``dueNotices`` lacks.
    package var dueSweep: String { "\(prefix):due:sweep" }

    /// The keys of the HTTP API.
    package var apiKeys: String { "\(prefix):api-keys" }

    /// When the account was removed, in epoch seconds, for as long as a journal may have contacts of it. Without its id.
    package func removed(_ account: String) -> String {
        let hash = SHA256.hash(data: Array(account.utf8))
        return "\(prefix):removed:\(Hexadecimal.text(hash.prefix(16)))"
    }

    /// There for as long as a session of the dashboard that was signed out would have lasted.
    package func signedOut(_ session: String) -> String { "\(prefix):signed-out:\(session)" }

    /// Accounts that were active in a period that began in that month.
    package func index(_ period: PeriodName) -> String { "\(prefix):accounts:\(period.monthName)" }

    package var anyIndexPattern: String { "\(prefix):accounts:????-??" }
    package var anySignedOutPattern: String { "\(prefix):signed-out:*" }
    package var anyRemovedPattern: String { "\(prefix):removed:*" }

    /// That a restore of the account is under way, and of which backup.
    package func restoring(_ account: String) -> String { "\(prefix):{\(account)}:restoring" }

    /// A pattern for `SCAN` of everything that belongs to any account. A prefix has no characters special to it.
    package var anyAccountPattern: String { "\(prefix):{*}:*" }

    /// A pattern for `SCAN` of everything that belongs to the account. An account id has no characters special to it.
    package func pattern(of account: String) -> String { "\(prefix):{\(account)}:*" }

    /// The account in a key that matches ``anyAccountPattern``.
    package func account(ofKey key: String) -> String? {
        guard key.hasPrefix("\(prefix):{"), let end = key.firstIndex(of: "}") else { return nil }
        return String(key[key.index(key.startIndex, offsetBy: prefix.count + 2)..<end])
    }

    /// The period in the key of a set of members or of what stands beside it.
    package func period(ofKey key: String) -> PeriodName? {
        guard let end = key.range(of: "}:") else { return nil }
        return try? PeriodName(String(key[end.upperBound...].prefix { $0 != ":" }), startDay: 1)
    }
}
