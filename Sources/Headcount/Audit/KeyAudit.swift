/// What can be said of a key by its name, type and expiry alone.
enum KeyAudit {
    /// - Parameters:
    ///   - type: as `TYPE` says.
    ///   - left: milliseconds, as `PTTL` says: -1 for never.
    static func findings(_ key: StoredKey, type: String, left: Int) -> [AuditFinding] {
        let kind = KeyKind(key)
        var findings: [AuditFinding] = []
        if let wanted = kind.type, wanted.rawValue != type {
            findings.append(
                AuditFinding(
                    .type, key.account, period: kind.period, key.text,
                    what: "\(key.text.printable) is a \(type), not a \(wanted.rawValue)",
                    means: "somebody else wrote to it; commands that need it end with an error", remedy: nil,
                    advice: "look at it with redis-cli; rename it, and restore the key from a backup"))
        }
        if kind.expires == true, left == -1 {
            findings.append(
                AuditFinding(
                    .expiry, key.account, period: kind.period, key.text,
                    what: "\(key.text.printable) never expires",
                    means: "it stays for good, and takes memory; contacts are kept for longer than they should be",
                    remedy: .expire(key)))
        } else if kind.expires == false, left >= 0 {
            findings.append(
                AuditFinding(
                    .expiry, key.account, period: kind.period, key.text,
                    what: "\(key.text.printable) expires in \((left / 1_000).grouped) s",
                    means: lost(kind), remedy: .persist(key)))
        }
        return findings
    }

    private static func lost(_ kind: KeyKind) -> String {
        switch kind {
        case .plan: "the account is on the default plan from then on"
        case .apiKeys: "all keys of the HTTP API are gone then, and every call is answered with 401"
        case .audit: "nobody knows then who changed its plan"
        default: "what it holds is gone then, and it is to stay"
        }
    }
}
