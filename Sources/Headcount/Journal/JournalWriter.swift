internal import Dispatch
internal import Foundation
internal import Synchronization

/// Appends entries to a journal of this process: whoever waits at the same moment shares one write to the disk.
///
/// The file is made with the first entry, so that a process that never fails open leaves none.
final class JournalWriter: Sendable {
    typealias Waiter = CheckedContinuation<Result<Void, JournalFailure>, Never>

    private struct Waiting {
        var bytes = Data()
        var waiters: [Waiter] = []
    }

    private let directory: String
    private let waiting = Mutex(Waiting())
    private let file = Mutex<JournalFile?>(nil)
    /// The disk may take its time, which no thread of Swift's own may wait for.
    private let queue = DispatchQueue(label: "headcount.journal")

    init(directory: String) {
        self.directory = directory
    }

    /// Returns once the entries are on disk.
    func append(_ entries: [JournalEntry]) async throws {
        var bytes = Data()
        for entry in entries { bytes += try entry.line }
        try await withCheckedContinuation { (waiter: Waiter) in
            let isFirst = waiting.withLock { [bytes] waiting in
                waiting.bytes += bytes
                waiting.waiters.append(waiter)
                return waiting.waiters.count == 1
            }
            if isFirst { queue.async { self.write() } }
        }.get()
    }

    /// Lets go of the file; what comes next goes into another one.
    func close() {
        queue.async { self.file.withLock { $0 = nil } }
    }

    private func write() {
        let taken = waiting.withLock { waiting in
            defer { waiting = Waiting() }
            return waiting
        }
        let result = file.withLock { file -> Result<Void, JournalFailure> in
            do throws(JournalFailure) {
                let current = if let file { file } else { try JournalFile(in: directory) }
                file = current
                try current.append(taken.bytes)
                return .success(())
            } catch {
                if file?.isBroken == true { file = nil }
                return .failure(error)
            }
        }
        for waiter in taken.waiters { waiter.resume(returning: result) }
    }
}
