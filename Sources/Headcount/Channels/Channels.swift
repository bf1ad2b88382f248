internal import Foundation
internal import RedisClient

/// Through which channels events reach accounts.
///
/// Keys: the account's `channels`, and `hc:channels:instagram`.
public struct Channels: Sendable {
    private static let secretField = "generic"
    private static let instagramPrefix = "instagram:"

    let limiter: Limiter

    private var runner: ScriptRunner { limiter.runner }
    private var keys: Keyspace { limiter.keys }

    /// Links Instagram professional accounts: all of them, or none.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidChannel`, `conflict` if one is another account's, `unavailable`.
    public func link(instagram ids: [String], to account: String) async throws {
        try Identifier.check(account: account)
        for id in ids { try Self.check(instagram: id) }
        var linked: [String] = []
        do {
            for id in ids {
                if try await runner.send(["HSETNX", keys.instagramChannels, id, account]).integer == 1 {
                    linked.append(id)
                } else {
                    guard try await runner.send(["HGET", keys.instagramChannels, id]).text == account else {
                        throw HeadcountError(
                            .conflict,
                            "this Instagram id is linked to another account; unlink it there first (in Redis, "
                                + "HGET \(keys.instagramChannels) names it)", value: id)
                    }
                }
            }
            for id in ids {
                _ = try await runner.send(["HSET", keys.channels(account), Self.instagramPrefix + id, "linked"])
            }
        } catch let error as HeadcountError where error.code == .conflict {
            for id in linked { _ = try await runner.send(["HDEL", keys.instagramChannels, id]) }
            throw error
        }
    }

    /// Sets with what `/webhooks/generic/{account}` is signed, in place of earlier secrets.
    ///
    /// - Parameter secrets: one, or two while one takes the other's place; 16 to 256 bytes each.
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidChannel`, `unavailable`.
    public func link(genericSecrets secrets: [String], to account: String) async throws {
        try Identifier.check(account: account)
        guard (1...2).contains(secrets.count) else {
            throw HeadcountError(.invalidChannel, "give one secret, or two while one takes the other's place")
        }
        guard secrets.allSatisfy({ (16...256).contains($0.utf8.count) && $0.utf8.allSatisfy { $0 >= 0x20 } }) else {
            throw HeadcountError(
                .invalidChannel,
                "a secret has 16 to 256 bytes and no line ends, such as openssl rand -hex 32 prints")
        }
        _ = try await runner.send(
            ["HSET", keys.channels(account), Self.secretField, secrets.joined(separator: "\n")])
    }

    /// Lets the ids that the account knows of lead to it, but for those that lead to another account.
    ///
    /// - Returns: Those.
    func relink(_ account: String) async throws -> [String] {
        let ids = try await links(of: account).instagram
        for id in ids { _ = try await runner.send(["HSETNX", keys.instagramChannels, id, account]) }
        let accounts = try await accounts(ofInstagram: Set(ids))
        return ids.filter { accounts[$0] != account }
    }

    /// Unlinks Instagram professional accounts.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidChannel`, `notFound` if one is not the account's, `unavailable`.
    public func unlink(instagram ids: [String], from account: String) async throws {
        try Identifier.check(account: account)
        for id in ids { try Self.check(instagram: id) }
        var owned: Set<String> = []
        for id in ids {
            if try await runner.send(["HGET", keys.instagramChannels, id]).text == account {
                owned.insert(id)
            } else if try await runner.send(["HEXISTS", keys.channels(account), Self.instagramPrefix + id]).integer == 0
            {
                // Otherwise an earlier attempt broke off.
                throw HeadcountError(.notFound, "this Instagram id is not linked to the account", value: id)
            }
        }
        for id in ids {
            if owned.contains(id) { _ = try await runner.send(["HDEL", keys.instagramChannels, id]) }
            _ = try await runner.send(["HDEL", keys.channels(account), Self.instagramPrefix + id])
        }
    }

    /// Unlinks whatever Instagram ids are the account's, also those that it doesn't know of since linking broke off.
    func unlinkAll(from account: String) async throws {
        var ids: [String] = []
        try await limiter.scan(["HSCAN", keys.instagramChannels]) { page in
            for index in stride(from: 0, to: page.count - 1, by: 2) where page[index + 1] == account {
                ids.append(page[index])
            }
        }
        for id in ids { _ = try await runner.send(["HDEL", keys.instagramChannels, id]) }
    }

    /// Unlinks the generic webhook: nothing that comes there is taken any more.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `notFound`, `unavailable`.
    public func unlinkGeneric(from account: String) async throws {
        try Identifier.check(account: account)
        guard try await runner.send(["HDEL", keys.channels(account), Self.secretField]).integer == 1 else {
            throw HeadcountError(.notFound, "the account has no generic webhook linked", value: account)
        }
    }

    /// The account's channels.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `unavailable`.
    public func links(of account: String) async throws -> ChannelLinks {
        try Identifier.check(account: account)
        let fields = try await runner.send(["HGETALL", keys.channels(account)]).fields ?? [:]
        let ids = fields.keys.filter { $0.hasPrefix(Self.instagramPrefix) }
            .map { String($0.dropFirst(Self.instagramPrefix.count)) }
        return ChannelLinks(
            instagram: ids.sorted(),
            genericSecrets: fields[Self.secretField].map { $0.split(separator: "\n").count } ?? 0)
    }

    /// The accounts of those ids that are linked.
    ///
    /// - Throws: ``HeadcountError``: `unavailable`.
    public func accounts(ofInstagram ids: Set<String>) async throws -> [String: String] {
        let ids = ids.sorted()
        guard !ids.isEmpty else { return [:] }
        let found =
            try await runner.send(RedisCommand(["HMGET", keys.instagramChannels] + ids)).elements ?? []
        return Dictionary(
            zip(ids, found).compactMap { id, account in account.text.map { (id, $0) } }, uniquingKeysWith: { $1 })
    }

    /// With what the account's generic webhook is signed; none: it is not linked.
    package func genericSecrets(of account: String) async throws -> [String] {
        let text = try await runner.send(["HGET", keys.channels(account), Self.secretField]).text ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    private static func check(instagram id: String) throws(HeadcountError) {
        guard id.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,63}/) != nil else {
            throw HeadcountError(
                .invalidChannel,
                "an Instagram id is that of a professional account, as webhooks have it in entry.id, such as 17841400008460056",
                value: id)
        }
    }
}

extension Limiter {
    /// Through which channels events reach accounts.
    public var channels: Channels { Channels(limiter: self) }
}
