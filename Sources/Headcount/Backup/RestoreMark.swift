internal import RedisClient

/// What says in Redis that a restore of an account is under way, so that one that was cut off can be run again.
///
/// Key: the account's `restoring`, for a week.
struct RestoreMark {
    private static let lifetime = 7 * 86_400

    /// The backup's id.
    let backup: String
    /// Campaigns and scenarios that were there before: `campaign:spring`.
    let kept: Set<String>
    /// Everything is written: what is left is to let workers know.
    let isWritten: Bool

    /// What is under way. Nil if nothing is.
    init?(of account: String, _ limiter: Limiter) async throws {
        let key = limiter.keys.restoring(account)
        let fields = try await limiter.runner.send(["HMGET", key, "backup", "kept", "written"]).elements ?? []
        guard fields.count == 3, let backup = fields[0].text else { return nil }
        self.backup = backup
        kept = Set((fields[1].text ?? "").split(separator: " ").map(String.init))
        isWritten = fields[2].text == "1"
    }

    private init(backup: String, kept: Set<String>) {
        self.backup = backup
        self.kept = kept
        isWritten = false
    }

    static func set(_ backup: String, kept: Set<String>, on account: String, _ limiter: Limiter) async throws -> Self {
        let key = limiter.keys.restoring(account)
        let expires = limiter.serverTime.epochSeconds + lifetime
        let call = ScriptCall(
            keys: [key],
            arguments: [
                "hash", "\(expires)000", "take", "", "backup", backup, "kept", kept.sorted().joined(separator: " "),
            ])
        _ = try await limiter.runner.run(LimiterScripts.restore, for: account) { _ in call }
        return Self(backup: backup, kept: kept)
    }

    static func setWritten(_ account: String, _ limiter: Limiter) async throws {
        _ = try await limiter.runner.send(["HSET", limiter.keys.restoring(account), "written", "1"])
    }

    static func remove(from account: String, _ limiter: Limiter) async throws {
        _ = try await limiter.runner.send(["UNLINK", limiter.keys.restoring(account)])
    }
}
