internal import Foundation
internal import RedisClient

/// The accounts' notices (R13): who is told what and where, what was told, and what waits to be.
///
/// Keys: the plan, the outbox and its deliveries, the past notices, and `hc:due:notices`.
public struct Notices: Sendable {
    let limiter: Limiter

    private var runner: ScriptRunner { limiter.runner }
    private var keys: Keyspace { limiter.keys }

    /// What is set for the account.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `unavailable`.
    public func settings(of account: String) async throws -> NoticeSettings {
        try Identifier.check(account: account)
        let reply = try await runner.send(["HMGET", keys.plan(account), "thresholds", "noticeURL"]).elements ?? []
        guard reply.count == 2 else { throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to HMGET") }
        return NoticeSettings(
            thresholds: reply[0].text.map { $0.split(separator: ",").compactMap { Int($0) } }, url: reply[1].text)
    }

    /// Sets thresholds and URL of the account; what is nil goes back to the configuration's.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidNotices`, `unavailable`.
    public func set(_ settings: NoticeSettings, for account: String) async throws {
        try Identifier.check(account: account)
        if let thresholds = settings.thresholds {
            do { try LimiterConfiguration.check(thresholds: thresholds) } catch {
                throw HeadcountError(.invalidNotices, error.reason, value: error.value)
            }
        }
        if let url = settings.url { try Identifier.check(url: url, .invalidNotices) }
        let values = [
            ("thresholds", settings.thresholds.map { $0.map(String.init).joined(separator: ",") }),
            ("noticeURL", settings.url),
        ]
        for (name, value) in values {
            if let value {
                _ = try await runner.send(["HSET", keys.plan(account), name, value])
            } else {
                _ = try await runner.send(["HDEL", keys.plan(account), name])
            }
        }
    }

    /// The account's notices, newest first: all that wait, and about the last 500 of the others.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `unavailable`.
    public func list(of account: String, newest count: Int = 500) async throws -> [Notice] {
        try Identifier.check(account: account)
        let past = try await runner.send(["XREVRANGE", keys.notices(account), "+", "-", "COUNT", String(count)])
        let waiting = try await NoticeQueue(limiter: limiter).waiting(of: account).map(\.notice)
        let notices = waiting + (past.elements ?? []).compactMap { Notice(account, past: $0) }
        return Array(notices.sorted { ($0.at, $0.id) > ($1.at, $1.id) }.prefix(count))
    }

    /// Puts a past notice into the outbox once more.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `notFound`, `conflict` if it waits to be delivered already, `unavailable`.
    public func resend(_ id: String, of account: String) async throws {
        guard let notice = try await list(of: account).first(where: { $0.id == id }) else {
            throw HeadcountError(.notFound, "no such notice; `headcount notices list` shows them", value: id)
        }
        if notice.status == .pending {
            throw HeadcountError(.conflict, "this notice waits to be delivered already", value: id)
        }
        var command = ["XADD", keys.outbox(account), "*", "event", notice.event.rawValue, "first", notice.id]
        for (name, value) in notice.fields.sorted(by: { $0.key < $1.key }) { command += [name, value] }
        _ = try await runner.send(RedisCommand(command))
        _ = try await runner.send(["EXPIREAT", keys.outbox(account), String(expiry(of: account))])
        await limiter.bell.ring(for: account)
    }

    /// A notice that is in no outbox, for trying out the URL.
    public func sample(for account: String) async throws -> Notice {
        let usage = try await limiter.usage(of: account)
        let now = limiter.serverTime
        return Notice(
            id: "\(Int(now.timeIntervalSince1970 * 1_000))-test", account: account, event: .test, at: now,
            status: .pending,
            attempts: 0, detail: "", due: nil,
            fields: ["period": usage.period.description, "limit": String(usage.limit), "used": String(usage.used)])
    }

    private func expiry(of account: String) -> Int {
        runner.belief(of: account).day.period.end.epochSeconds
            + Int(limiter.configuration.retention.components.seconds)
    }
}

extension Limiter {
    /// The accounts' notices.
    public var notices: Notices { Notices(limiter: self) }
}
