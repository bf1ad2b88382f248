internal import RedisClient

/// Writes a backup's pages (restore.lua).
struct RestoreWriter: Sendable {
    /// Pages that are under way at a time; those of a key one after the other.
    static let batch = 64

    let limiter: Limiter
    let mode: RestoreOptions.Mode

    func write(_ pages: [BackupPage]) async throws -> RestoreCounts {
        let byKey = Dictionary(grouping: pages, by: \.key).values.map { $0 }
        let counts = try await concurrently(byKey) { pages in
            var counts = RestoreCounts()
            for page in pages { counts = counts + (try await write(page)) }
            return counts
        }
        return counts.reduce(RestoreCounts(), +)
    }

    private func write(_ page: BackupPage) async throws -> RestoreCounts {
        let kind = KeyKind(page.key)
        var elements = page.elements
        if kind == .plan, let account = page.key.account {
            elements = try await withoutOwn(elements, of: account)
            if elements.isEmpty { return RestoreCounts(added: 0, present: page.elements.count) }
        }
        let call = call(page, kind, elements)
        do {
            let (reply, _) = try await limiter.runner.run(LimiterScripts.restore, for: page.key.account ?? "") { _ in
                call
            }
            let added = reply.integer ?? 0
            return RestoreCounts(added: added, present: page.elements.count - added)
        } catch let error as HeadcountError where error.reason.contains("WRONGTYPE") {
            throw HeadcountError(
                .conflict,
                "this key of account \(page.key.account ?? "none") is there already with another type than in the "
                    + "backup; remove it, or restore with --replace", value: page.key.text)
        }
    }

    private func call(_ page: BackupPage, _ kind: KeyKind, _ elements: [[BackupBytes]]) -> ScriptCall {
        let name = page.key.full(prefix: limiter.keys.prefix)
        let what = what(page, kind)
        // Of what belongs to no account, no other name is in the same slot.
        let merges = what == "hll"
        var call = ScriptCall(keyCount: merges ? 2 : 1, capacity: 64 * elements.count + 256)
        call.arguments.append(bytes: name)
        if merges { call.arguments.append(bytes: name + Array(":restored".utf8)) }
        call.arguments.append(contentsOf: [
            what, page.expires.map(String.init) ?? "", takes(kind) ? "take" : "keep", extra(page, kind),
        ])
        for element in elements {
            if page.type == .stream { call.arguments.append(element.count) }
            for value in element { call.arguments.append(bytes: value.bytes) }
        }
        return call
    }

    private func what(_ page: BackupPage, _ kind: KeyKind) -> String {
        switch (kind, page.type) {
        case (.stats, .hash): "counts"
        case (.refused, .string):
            page.elements.first?.first?.bytes.starts(with: Array("HYLL".utf8)) == true ? "hll" : "string"
        default: page.type.rawValue
        }
    }

    private func takes(_ kind: KeyKind) -> Bool { mode == .replace && kind == .apiKeys }

    private func extra(_ page: BackupPage, _ kind: KeyKind) -> String {
        switch kind {
        case .campaign(_, .queue), .campaign(_, .again), .scenario(_, .queue), .scenario(_, .again): "workers"
        default: page.type == .list ? String(page.offset) : ""
        }
    }

    /// Fields that only mean something together: an account that has one of them keeps all of its own.
    private static let groups: [Set<String>] = [
        ["plan", "limit", "mode", "nextPlan", "nextLimit", "nextMode", "planAfter"],
        ["zone", "startDay", "nextZone", "nextStartDay", "calendarFrom"],
        ["thresholds", "noticeURL"],
    ]

    private func withoutOwn(_ elements: [[BackupBytes]], of account: String) async throws -> [[BackupBytes]] {
        let reply = try await limiter.runner.send(["HKEYS", limiter.keys.plan(account)])
        let own = Set((reply.elements ?? []).compactMap(\.text))
        let taken = Self.groups.filter { !$0.isDisjoint(with: own) }.reduce(into: own) { $0.formUnion($1) }
        return elements.filter { element in element[0].text.map { !taken.contains($0) } ?? true }
    }
}
