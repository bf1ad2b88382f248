import Foundation
import Headcount

/// A directory with a journal of a test's own, both removed with the last reference.
final class TemporaryJournal {
    let directory: String
    var path: String { directory + "/test.journal" }

    init(_ entries: [JournalEntry] = [], more: String = "") throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "hc-journal-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        if !entries.isEmpty || !more.isEmpty { try write(entries, more: more) }
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func write(_ entries: [JournalEntry], more: String = "") throws {
        var bytes = Data()
        for entry in entries { bytes += try entry.line }
        try (bytes + Data(more.utf8)).write(to: URL(filePath: path))
    }

    /// What is in the directory.
    var files: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: directory).sorted() }
    }
}

extension JournalEntry {
    /// By a campaign in the account `a`.
    init(_ contact: String, in account: String = "a", at time: Date = Date()) {
        self.init(
            time: time, account: account, contact: contact, action: .campaign("x"),
            period: BillingCalendar.utc.period(at: time).name)
    }
}
