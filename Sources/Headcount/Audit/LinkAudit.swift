internal import RedisClient

/// Merged contacts: each goes by the name of one that is not merged itself.
struct LinkAudit {
    private static let longestChain = 100

    let limiter: Limiter
    let account: String

    func findings(_ period: PeriodName) async throws -> [AuditFinding] {
        var findings: [AuditFinding] = []
        let key = limiter.keys.merged(account, period)
        try await limiter.scanValues(["HSCAN", key], count: LimiterScripts.maximumContacts) { page in
            let links = stride(from: 0, to: page.count - 1, by: 2).compactMap { index in
                page[index].bytes.flatMap { from in page[index + 1].bytes.map { (from: from, into: $0) } }
            }
            if links.isEmpty { return }
            var command: RedisCommand = ["HMGET", key]
            for link in links { command.append(bytes: link.into) }
            let next = try await limiter.runner.send(command).elements ?? []
            for (link, next) in zip(links, next) {
                if let finding = try await finding(key, period, link, next: next.bytes) { findings.append(finding) }
            }
        }
        return findings
    }

    private func finding(
        _ key: String, _ period: PeriodName, _ link: (from: [UInt8], into: [UInt8]), next: [UInt8]?
    ) async throws -> AuditFinding? {
        let detail = String(decoding: link.from, as: UTF8.self)
        let name = detail.printable
        guard Self.isContact(link.into) else {
            return AuditFinding(
                .links, account, period: period, detail,
                what: "the merged contact '\(name)' goes by a name that no contact can have",
                means: "it may count twice", remedy: nil,
                advice: "say by whose name it goes: headcount contacts merge \(account) \(name) INTO")
        }
        guard let next else { return nil }
        var chain = [link.from, link.into, next]
        while let last = chain.last, chain.count < Self.longestChain {
            var command: RedisCommand = ["HGET", key]
            command.append(bytes: last)
            guard let further = try await limiter.runner.send(command).bytes else {
                return AuditFinding(
                    .links, account, period: period, detail,
                    what: "the merged contact '\(name)' goes by a name that was merged into another itself",
                    means: "it may count twice, since only one such step is taken",
                    remedy: .relink(period, from: link.from, target: link.into, into: last))
            }
            if chain.contains(further) { break }
            chain.append(further)
        }
        return AuditFinding(
            .links, account, period: period, detail,
            what: "the merged contact '\(name)' goes by its own name in the end",
            means: "it may count twice", remedy: nil, advice: "take one of the links out with redis-cli HDEL '\(key)'")
    }

    private static func isContact(_ bytes: [UInt8]) -> Bool {
        if bytes.first == 1 { return bytes.count > 1 }
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        return Identifier.fault(inContact: text) == nil
    }
}
