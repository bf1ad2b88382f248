import ArgumentParser
import Foundation
import Headcount

struct JournalReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Count who was admitted while Redis could not be asked.",
        discussion: """
            Each contact is added to the period in which it was admitted, beyond the limit, too, since it was touched. A
            second replay, or one that was killed and is repeated, counts nobody twice.

            Prints a line for each account and period: admissions, contacts newly counted, counted before, how many of the
            new ones are over the limit, and the account's standing. A journal of which nothing is left is renamed
            '….replayed'; one that a process still writes is replayed as far as it goes, and stays. A directory's journals
            that were replayed are left out; a file that is named is replayed in any case.

            Exit status 65 when a line can't be read (mend or remove it, and replay again), 1 when an admission can't be
            counted: its period is no longer kept, its account was removed, or the tombstone key is missing.

            EXAMPLES
              headcount journal replay /var/lib/headcount/journal --dry-run
              headcount journal replay --json
            """)

    @OptionGroup var journal: JournalPath

    @Flag(help: "Say what would come of it, and change nothing.")
    var dryRun = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let path = try await journal.chosen(connection.settings)
        // Before Redis is asked.
        _ = try JournalReader.journals(at: path)
        let limiter = try await connection.connect()
        let report: JournalReport
        do {
            report = try await limiter.replayJournal(at: path, isDryRun: dryRun)
        } catch let error as HeadcountError where error.code == .unavailable {
            throw Failure("\(error.message); replay again, which counts nobody twice", .unavailable)
        }
        await limiter.close()
        let text = JournalReportText(report: report, isDryRun: dryRun)
        for message in text.messages { Terminal.say(message) }
        try Terminal.write(output.json ? text.json() : text.table)
        if report.problems.contains(where: { $0.reason == .badLine }) { throw Failure(nil, .badData) }
        if !report.problems.isEmpty { throw Failure(nil, .failure) }
    }
}
