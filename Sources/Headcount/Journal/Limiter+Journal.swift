internal import Foundation
internal import Logging

extension Limiter {
    /// Counts what was admitted while Redis could not be asked (``FailurePolicy/open(_:)``), each contact in the period in
    /// which it was admitted: it was touched, so that it counts beyond the limit, too. Replaying again, or anew after it was
    /// cut off in the middle, counts nobody twice. A journal of which nothing is left to be replayed is renamed `….replayed`.
    ///
    /// Keys: as for ``activate(_:in:by:)-(String,_,_)``, of the periods of the admissions, and their erased.
    ///
    /// - Parameters:
    ///   - path: a journal, or a directory of them.
    ///   - isDryRun: says what would come of it, and changes nothing.
    /// - Throws: ``HeadcountError``: `invalidJournal` for a path or file that can't be read, `unavailable`.
    public func replayJournal(at path: String, isDryRun: Bool = false) async throws -> JournalReport {
        let now = try await askTime()
        let replayer = JournalReplayer(
            runner: runner, keys: keys, index: index, configuration: configuration, tombstones: tombstones, bell: bell,
            isDryRun: isDryRun)
        var tally = JournalTally(isDryRun: isDryRun)
        for path in try JournalReader.journals(at: path) {
            var reader = try JournalReader(path)
            var file = JournalReport.File(path: path)
            file.isInUse = !reader.isLocked
            var isDone = true
            while let lines = try reader.next() {
                var entries: [(line: Int, entry: JournalEntry)] = []
                for line in lines {
                    switch line.content {
                    case .entry(let entry): entries.append((line.number, entry))
                    case .torn: file.isTorn = true
                    case .fault(let reason):
                        isDone = false
                        tally.problem(path, line.number, nil, .badLine, reason)
                    }
                }
                file.entries += entries.count
                let isReplayed = try await replay(entries, of: path, by: replayer, now: now, into: &tally)
                isDone = isDone && isReplayed
            }
            if isDone, !isDryRun, !file.isInUse { file.renamedTo = try reader.markReplayed() }
            tally.files.append(file)
        }
        return tally.report
    }

    /// False if something is left to be replayed later.
    private func replay(
        _ entries: [(line: Int, entry: JournalEntry)], of path: String, by replayer: JournalReplayer, now: Date,
        into tally: inout JournalTally
    ) async throws -> Bool {
        let accounts = Dictionary(grouping: entries, by: \.entry.account).sorted { $0.key < $1.key }
        let results = try await concurrently(accounts, atOnce: 16) { account, entries in
            (entries, try await replayer.replay(entries.map(\.entry), of: account, now: now))
        }
        var isDone = true
        for (entries, (fates, afters)) in results {
            for ((line, entry), fate) in zip(entries, fates) {
                switch fate {
                case .counted(let period, let isNew): tally.counted(entry, in: period, isNew: isNew)
                case .not(let reason, let detail):
                    if reason == .notYet { isDone = false }
                    tally.problem(path, line, entry.account, reason, detail)
                }
            }
            for after in afters { tally.stands(after) }
        }
        return isDone
    }

    /// The journals in the configured directory that are not replayed yet and that no process writes.
    package func leftoverJournals() throws -> [String] {
        guard case .open(let settings) = configuration.failurePolicy else { return [] }
        return try JournalReader.journals(at: settings.journal).filter { path in
            // One that is replayed at this moment is gone.
            (try? JournalReader(path).isLocked) ?? false
        }
    }
}
