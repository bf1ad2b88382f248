import Configuration

/// A setting's name: `log.format` is `HEADCOUNT_LOG_FORMAT` in the environment, and `format` below `log` in the file.
struct SettingsKey: Hashable, ExpressibleByStringLiteral {
    let name: String

    init(stringLiteral name: String) { self.name = name }
    init(_ name: String) { self.name = name }

    var configKey: ConfigKey { ConfigKey(name.split(separator: ".").map(String.init)) }
    /// How it is called in the environment, for messages.
    var variable: String {
        let words = name.replacing(#/([a-z])([A-Z])/#) { "\($0.1)_\($0.2)" }.replacing(#/[^A-Za-z0-9]/#, with: "_")
        return "HEADCOUNT_\(words.uppercased())"
    }

    /// All there are. `*` stands for a plan's name.
    static let known: [SettingsKey] = [
        "redis.url", "redis.tls.ca", "redis.tls.cert", "redis.tls.key", "redis.tls.serverName",
        "redis.tls.checkServerName", "prefix", "timeout", "durability", "listen", "embedded", "metrics", "tls.cert",
        "tls.key",
        "log.level",
        "log.format", "session.secret", "cors.origins", "instagram.verifyToken", "instagram.appSecrets", "plans.names",
        "plans.default", "plans.limit.*", "plans.tiers.*",
        "plans.mode.*", "actions.counted", "actions.notCounted", "tombstone.key", "signing.secret", "notices.url",
        "notices.thresholds", "failure.policy", "failure.maximumContacts", "failure.maximumSeconds", "failure.journal",
        "worker.listen", "worker.concurrency", "worker.accountConcurrency", "worker.accountRate",
        "worker.actionTimeout", "worker.maxAttempts",
    ]

    func matches(_ path: [String]) -> Bool {
        let parts = name.split(separator: ".")
        return parts.count == path.count && zip(parts, path).allSatisfy { $0 == "*" || $0 == $1 }
    }
}
