internal import Foundation
internal import RedisClient

/// What a backup came to.
package struct BackupReport: Sendable {
    package let header: BackupHeader
    package let tally: BackupTally
    /// Keys that were left out: of a type that Headcount doesn't use, or of an account that can't be one.
    package let skipped: Int
}

extension Limiter {
    /// Writes accounts down as JSON lines, while they are in use (docs/backup.md). Keys read: all of theirs, in pages; of all
    /// accounts also what belongs to none.
    ///
    /// What was counted before ``BackupHeader/began`` is in it. What came later may be.
    ///
    /// - Parameters:
    ///   - accounts: nil for all.
    ///   - write: takes a line with its end.
    ///   - progress: is told how much there is so far.
    /// - Throws: ``HeadcountError``: `invalidAccount`; `notFound` for an account that has no keys; `unavailable`, also when
    ///   Redis was restarted or failed over meanwhile. The last line is missing then.
    package func backUp(
        _ accounts: [String]?, to write: @escaping ([UInt8]) throws -> Void,
        progress: @escaping (BackupTally) -> Void = { _ in }
    ) async throws -> BackupReport {
        for account in accounts ?? [] { try Identifier.check(account: account) }
        let mark = try await ServerMark(self)
        guard !mark.isMoving else {
            throw HeadcountError(
                .unavailable,
                "the cluster is just moving slots, and keys could be overlooked; back up when that has ended",
                isRetriable: true)
        }
        let header = BackupHeader(
            id: Hexadecimal.random(bytes: 12), began: try await askTime(), prefix: keys.prefix,
            accounts: accounts.map { Array(Set($0)).sorted() })
        let pass = BackupPass(limiter: self, header: header, write: write, progress: progress)
        try await pass.run()
        guard try await ServerMark(self) == mark else {
            throw HeadcountError(
                .unavailable,
                "Redis was restarted, failed over or resharded meanwhile, and keys may have been overlooked; "
                    + "back up again", isRetriable: true)
        }
        try pass.end()
        return BackupReport(header: header, tally: pass.writer.tally, skipped: pass.skipped)
    }
}
