public import Foundation
internal import RedisClient

/// One of an account's Redis keys, with commands for ops to look at it.
public struct AccountKey: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// Redis's type: `set`, `zset`, `hash`, `string`, `stream`.
    public let type: String
    /// What it holds.
    public let holds: String
    /// Whether it is there.
    public let exists: Bool
    /// When it expires; nil if it is not there or stays.
    public let expiresAt: Date?
    /// Commands that only read it, each with its arguments.
    public let commands: [[String]]
}

extension Limiter {
    /// The keys of the account's current period, its plan, audit list, notices, campaigns and scenarios, and its place in the index.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `unavailable`.
    public func keys(of account: String) async throws -> [AccountKey] {
        let period = try await usage(of: account).period
        let name = period.name
        let members = keys.members(account, name)
        let kinds: [(name: String, type: String, holds: String, commands: [[String]])] = [
            (
                members, "set", "contacts activated in the period",
                [["SCARD", members], ["SISMEMBER", members, "CONTACT"], ["SSCAN", members, "0", "COUNT", "20"]]
            ),
            (
                keys.held(account, name), "zset", "held contacts, by lease end in milliseconds",
                [["ZRANGE", keys.held(account, name), "0", "-1", "WITHSCORES"]]
            ),
            (
                keys.holders(account, name), "hash", "who holds each of them: ID,LEASE END,DD:KIND",
                [["HLEN", keys.holders(account, name)], ["HGET", keys.holders(account, name), "CONTACT"]]
            ),
            (
                keys.merged(account, name), "hash", "contacts that were merged into others",
                [["HGETALL", keys.merged(account, name)]]
            ),
            (
                keys.erased(account, name), "set", "hashes of contacts that were erased before they were counted",
                [["SCARD", keys.erased(account, name)]]
            ),
            (
                keys.stats(account, name), "hash", "DD:KIND:activated and DD:KIND:refused, the daily numbers",
                [["HGETALL", keys.stats(account, name)]]
            ),
            (
                keys.refused(account, name), "string", "about how many distinct contacts were refused (HyperLogLog)",
                [["PFCOUNT", keys.refused(account, name)]]
            ),
            (
                keys.plan(account), "hash", "plan, limit, mode, zone, startDay, version, pending changes",
                [["HGETALL", keys.plan(account)]]
            ),
            (
                keys.audit(account), "stream", "changes of plan and limit, the last 1,000",
                [["XREVRANGE", keys.audit(account), "+", "-", "COUNT", "10"]]
            ),
            (
                keys.outbox(account), "stream", "notices not yet delivered",
                [["XRANGE", keys.outbox(account), "-", "+", "COUNT", "10"], ["HGETALL", keys.deliveries(account)]]
            ),
            (
                keys.notices(account), "stream", "notices that were delivered or given up, the last 500",
                [["XREVRANGE", keys.notices(account), "+", "-", "COUNT", "10"]]
            ),
            (
                keys.campaigns(account), "zset", "campaigns, by when they were made, in milliseconds",
                [
                    ["ZRANGE", keys.campaigns(account), "0", "-1"],
                    ["HGETALL", keys.campaign(account, "CAMPAIGN")],
                ]
            ),
            (
                keys.scenarios(account), "hash", "scenarios by id, and :version",
                [
                    ["HGETALL", keys.scenarios(account)],
                    ["HGETALL", keys.scenario(account, "SCENARIO")],
                    ["HGET", "\(keys.scenario(account, "SCENARIO")):jobs", "CONTACT"],
                ]
            ),
            (
                keys.seen(account), "zset", "fingerprints of events, by when they came in milliseconds",
                [["ZCARD", keys.seen(account)]]
            ),
            (
                keys.heard(account), "zset", "contacts, by their last event in milliseconds",
                [
                    ["ZSCORE", keys.heard(account), "CONTACT"],
                    ["LRANGE", keys.contact(account, "CONTACT"), "-20", "-1"],
                ]
            ),
            (
                keys.ended(account), "stream", "runs of scenarios that ended, the last 1,000",
                [["XREVRANGE", keys.ended(account), "+", "-", "COUNT", "10"]]
            ),
            (
                keys.deadLetters(account), "stream", "dead letters, the last 10,000",
                [["XREVRANGE", keys.deadLetters(account), "+", "-", "COUNT", "10"]]
            ),
            (
                // Not its values: they are secrets.
                keys.channels(account), "hash", "channels that are linked",
                [["HKEYS", keys.channels(account)], ["HGET", keys.instagramChannels, "INSTAGRAM_ID"]]
            ),
            (
                keys.dueNotices, "zset", "accounts with notices to deliver, by when, in milliseconds",
                [["ZSCORE", keys.dueNotices, account], ["ZCARD", keys.dueNotices]]
            ),
            (
                keys.index(name), "set", "accounts active in the month",
                [["SISMEMBER", keys.index(name), account], ["SCARD", keys.index(name)]]
            ),
        ]
        return try await concurrently(kinds) { kind in
            let milliseconds = try await self.runner.send(["PTTL", kind.name]).integer ?? -2
            let expiresAt =
                milliseconds < 0 ? nil : self.runner.clock.now.addingTimeInterval(TimeInterval(milliseconds) / 1000)
            return AccountKey(
                name: kind.name, type: kind.type, holds: kind.holds, exists: milliseconds != -2, expiresAt: expiresAt,
                commands: kind.commands)
        }
    }
}
