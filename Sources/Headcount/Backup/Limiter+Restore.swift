internal import Foundation
internal import RedisClient

extension Limiter {
    /// Puts accounts back from a backup (docs/backup.md). All of it is checked before anything is written; run again after it
    /// was cut off, it goes on, and comes to the same. Keys written: all of those accounts', and what lists them.
    ///
    /// - Parameter progress: is told how many lines of how many are written.
    /// - Throws: ``HeadcountError``: `invalidBackup`, with the line's number; `notFound` for an account that the backup doesn't
    ///   have; `conflict` for one that is there already; `unavailable`.
    package func restore(
        _ options: RestoreOptions, from source: any BackupSource, progress: (Int, Int) -> Void = { _, _ in }
    ) async throws -> RestoreReport {
        for account in options.accounts { try Identifier.check(account: account) }
        var outline = RestoreOutline(options, now: Int(try await askTime().timeIntervalSince1970 * 1_000))
        let (header, tally) = try await source.forEachPage { outline.add($0) }
        if let missing = options.accounts.first(where: { outline.accounts[$0] == nil }) {
            throw HeadcountError(.notFound, "the backup has nothing of this account", value: missing)
        }
        var report = RestoreReport(header, isDryRun: options.dryRun)
        report.accounts = outline.accounts.count
        report.keys = outline.keys
        report.expiredKeys = outline.expiredKeys
        var marks = try await marks(of: Array(outline.accounts.keys), header.id)
        report.existing = try await existing(among: Set(outline.accounts.keys)).filter { marks[$0] == nil }.sorted()
        if options.mode == .refuse, let first = report.existing.first {
            let others = report.existing.count - 1
            throw HeadcountError(
                .conflict,
                "this account is there already\(others > 0 ? ", and \(others) others are" : ""); nothing was restored. "
                    + "--merge adds what is missing, --replace removes what is there first", value: first)
        }
        if options.dryRun { return report }

        if options.mode == .replace {
            for account in outline.accounts.keys.sorted() where marks[account]?.isWritten != true {
                try await makeRoom(for: account)
                marks[account] = nil
            }
        }
        for account in outline.accounts.keys.sorted() where marks[account] == nil {
            let kept = options.mode == .merge ? try await automations(of: account) : []
            marks[account] = try await RestoreMark.set(header.id, kept: kept, on: account, self)
        }
        report.counts = try await write(source, outline, marks, options.mode) { progress($0, tally.lines) }
        for account in outline.accounts.keys.sorted() {
            guard let known = outline.accounts[account], let mark = marks[account] else { continue }
            report.kept += mark.kept.sorted().map { "\(account) \($0)" }
            let finisher = RestoreFinisher(
                limiter: self, account: account, kept: mark.kept, paused: options.paused,
                mergesStates: options.mode == .merge)
            report.taken += try await finisher.finish(known, isWritten: mark.isWritten)
        }
        return report
    }

    private func write(
        _ source: any BackupSource, _ outline: RestoreOutline, _ marks: [String: RestoreMark],
        _ mode: RestoreOptions.Mode, progress: (Int) -> Void
    ) async throws -> RestoreCounts {
        let writer = RestoreWriter(limiter: self, mode: mode)
        var counts = RestoreCounts()
        var batch: [BackupPage] = []
        var lines = 0
        _ = try await source.forEachPage { page in
            lines += 1
            let kind = KeyKind(page.key)
            guard outline.wants(page, kind) else { return }
            if let account = page.key.account, let mark = marks[account] {
                if mark.isWritten { return }
                if let automation = kind.automation(of: account), mark.kept.contains(automation.action.description) {
                    counts = counts + RestoreCounts(added: 0, present: page.elements.count)
                    return
                }
            }
            batch.append(page)
            guard batch.count == RestoreWriter.batch else { return }
            counts = counts + (try await writer.write(batch))
            batch = []
            progress(lines)
        }
        return counts + (try await writer.write(batch))
    }

    /// Removes an account that is put back right away: what a journal has of it is not to be left out for that.
    private func makeRoom(for account: String) async throws {
        let mark = keys.removed(account)
        let wasRemoved = try await runner.send(["GET", mark]) != .null
        try await removeAccount(account)
        if !wasRemoved { _ = try await runner.send(["UNLINK", mark]) }
    }

    /// Those of a restore of the same backup that was cut off.
    private func marks(of accounts: [String], _ backup: String) async throws -> [String: RestoreMark] {
        let marks = try await concurrently(accounts) { account in (account, try await RestoreMark(of: account, self)) }
        return marks.reduce(into: [:]) { if $1.1?.backup == backup { $0[$1.0] = $1.1 } }
    }

    private func existing(among accounts: Set<String>) async throws -> Set<String> {
        var found: Set<String> = []
        let only = accounts.count == 1 ? accounts.first : nil
        try await scanKeys(matching: only.map(keys.pattern) ?? keys.anyAccountPattern) { page in
            found.formUnion(page.compactMap { self.keys.account(ofKey: $0) }.filter(accounts.contains))
        }
        return found
    }

    /// Campaigns and scenarios that the account has, as actions.
    private func automations(of account: String) async throws -> Set<String> {
        let campaigns = try await runner.send(["ZRANGE", keys.campaigns(account), "0", "-1"]).elements ?? []
        let scenarios = try await scenarios.ids(of: account)
        return Set(
            campaigns.compactMap(\.text).map { Action.campaign($0).description }
                + scenarios.map { Action.scenario($0).description })
    }
}
