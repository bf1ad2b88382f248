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
    package func plan(_ account: String) -> String { prefix + ":{" + account + "}:plan" }
    package func audit(_ account: String) -> String { "\(prefix):{\(account)}:audit" }

    /// The keys of the HTTP API.
    package var apiKeys: String { "\(prefix):api-keys" }

    /// There for as long as a session of the dashboard that was signed out would have lasted.
    package func signedOut(_ session: String) -> String { "\(prefix):signed-out:\(session)" }

    /// Accounts that were active in a period that began in that month.
    package func index(_ period: PeriodName) -> String { "\(prefix):accounts:\(period.monthName)" }

    /// A pattern for `SCAN` of everything that belongs to any account. A prefix has no characters special to it.
    package var anyAccountPattern: String { "\(prefix):{*}:*" }

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
