internal import Foundation
internal import RedisClient

extension Limiter {
    /// Compares what is kept of accounts (docs/backup.md), while they are in use. What looks wrong is read again, twice, before
    /// it is reported. Keys read: all of theirs; of all accounts also what belongs to none.
    ///
    /// - Parameters:
    ///   - accounts: nil for all.
    ///   - mends: what can be mended with certainty is, and looked at once more.
    ///   - pauses: for how long changes are given time to come to an end, before each further look.
    /// - Throws: ``HeadcountError``: `invalidAccount`; `notFound` for an account that has no keys; `unavailable`.
    package func audit(
        _ accounts: [String]?, mends: Bool, pauses: [Duration] = [.milliseconds(300), .seconds(2)]
    ) async throws -> AuditReport {
        for account in accounts ?? [] { try Identifier.check(account: account) }
        _ = try await askTime()
        var (findings, seen) = try await look(at: accounts.map(Set.init), common: accounts == nil)
        if let missing = accounts?.first(where: { !seen.contains($0) }) {
            throw HeadcountError(.notFound, "no such account: it has no keys in this Redis", value: missing)
        }
        for pause in pauses {
            if !findings.contains(where: \.isWrong) { break }
            try await Task.sleep(for: pause)
            findings = try await lookAgain(at: findings)
        }
        if mends {
            let mender = AuditMender(limiter: self)
            for finding in findings where finding.isWrong { try await mender.mend(finding) }
            let left = Set(try await lookAgain(at: findings).map(\.subject))
            for index in findings.indices where findings[index].remedy != nil {
                findings[index].isMended = !left.contains(findings[index].subject)
            }
        }
        let sorted = findings.sorted { left, right in
            let (a, b) = (left.subject, right.subject)
            return (a.account ?? "", a.period?.firstDay ?? "", a.check.rawValue, a.detail)
                < (b.account ?? "", b.period?.firstDay ?? "", b.check.rawValue, b.detail)
        }
        return AuditReport(accounts: seen.count, findings: sorted)
    }

    /// Those that are still there.
    private func lookAgain(at findings: [AuditFinding]) async throws -> [AuditFinding] {
        let wrong = findings.filter(\.isWrong)
        let subjects = Set(wrong.map(\.subject))
        let accounts = Set(wrong.compactMap(\.subject.account))
        let found = try await look(at: accounts, common: wrong.contains { $0.subject.account == nil }).findings
        return findings.filter { !$0.isWrong } + found.filter { subjects.contains($0.subject) && $0.isWrong }
    }

    private func look(
        at accounts: Set<String>?, common: Bool
    ) async throws -> (findings: [AuditFinding], accounts: Set<String>) {
        var findings: [AuditFinding] = []
        var shapes: [String: AccountShape] = [:]
        var broken: [String: Set<KeyKind>] = [:]
        let only = accounts.flatMap { $0.count == 1 ? $0.first : nil }
        if accounts?.isEmpty != true {
            try await scanKeyValues(matching: only.map(keys.pattern) ?? keys.anyAccountPattern) { page in
                let found = page.compactMap(\.bytes).compactMap { StoredKey($0, prefix: keys.prefix) }
                    .filter { key in key.account.map { accounts?.contains($0) ?? true } ?? false }
                let looked = try await concurrently(found) { (key: $0, findings: try await self.look(at: $0)) }
                for (key, theirs) in looked {
                    guard let account = key.account else { continue }
                    let kind = KeyKind(key)
                    shapes[account, default: AccountShape()].add(kind)
                    if theirs.contains(where: { $0.subject.check == .type }) {
                        broken[account, default: []].insert(kind)
                    }
                    findings += theirs
                }
            }
        }
        if common { findings += try await lookAtCommon() }
        let audits = shapes.map { account, shape in
            AccountAudit(limiter: self, account: account, shape: shape, broken: broken[account] ?? [])
        }
        findings += try await concurrently(audits, atOnce: 16) { try await $0.findings() }.flatMap { $0 }
        // A scan may come upon a key twice.
        var known: Set<AuditFinding.Subject> = []
        return (findings.filter { known.insert($0.subject).inserted }, Set(shapes.keys))
    }

    private func lookAtCommon() async throws -> [AuditFinding] {
        var names = [
            keys.apiKeys, keys.instagramChannels, keys.dueCampaigns, keys.dueScenarios, keys.dueNotices, keys.dueSweep,
        ]
        try await scanKeys(matching: keys.anyIndexPattern) { names += $0 }
        let stored = names.compactMap { StoredKey(Array($0.utf8), prefix: keys.prefix) }
        return try await concurrently(stored) { try await self.look(at: $0) }.flatMap { $0 }
    }

    private func look(at key: StoredKey) async throws -> [AuditFinding] {
        let full = key.full(prefix: keys.prefix)
        var type: RedisCommand = ["TYPE"]
        type.append(bytes: full)
        var left: RedisCommand = ["PTTL"]
        left.append(bytes: full)
        let (typeOf, leftOf) = (type, left)
        async let typeText = runner.send(typeOf).text
        async let milliseconds = runner.send(leftOf).integer
        guard let text = try await typeText, let left = try await milliseconds, text != "none", left != -2 else {
            return []
        }
        return KeyAudit.findings(key, type: text, left: left)
    }
}
