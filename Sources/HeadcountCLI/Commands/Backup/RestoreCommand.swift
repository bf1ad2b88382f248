import ArgumentParser
import Foundation
import Headcount

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put accounts back from a backup.",
        discussion: """
            The whole file is checked before anything is written. Accounts that are there already are refused, unless
            --merge or --replace says what becomes of them. Run it again when it was cut off. Campaigns go on from where they
            were: whom they reached since the backup they reach once more, unless they are restored --paused.

            EXAMPLES
              headcount restore --from headcount.jsonl
              headcount restore acct_42 --from headcount.jsonl --merge --dry-run
            """)

    @Argument(help: "Account ids. None: all that the backup has, and what belongs to none.")
    var accounts: [String] = []

    @Option(help: ArgumentHelp("The backup's file, or - for standard input.", valueName: "file"), completion: .file())
    var from: String

    @Flag(help: "Add what is missing to accounts that are there: members are united, their own plan stays.")
    var merge = false

    @Flag(help: "Remove accounts that are there, with everything that is kept of them, first.")
    var replace = false

    @Flag(help: "Let campaigns and scenarios wait until somebody resumes or enables them.")
    var paused = false

    @Flag(help: "Only check the file, and say what would be done.")
    var dryRun = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let backup: String
        let began: String
        let dryRun: Bool
        let accounts, keys, elements, elementsPresent, keysExpired: Int
        let existing, kept, instagramIdsTaken: [String]
    }

    func validate() throws {
        if merge && replace { throw ValidationError("--merge and --replace exclude each other") }
    }

    func run() async throws {
        let file = try BackupInput(from)
        let limiter = try await connection.connect()
        var bar = ProgressBar(total: 100)
        let options = RestoreOptions(
            accounts: accounts, mode: merge ? .merge : replace ? .replace : .refuse, paused: paused, dryRun: dryRun)
        let report: RestoreReport
        do {
            report = try await limiter.restore(options, from: file) { line, total in
                bar.update(done: line * 100 / max(1, total), label: "\(Format.count(line)) lines")
            }
        } catch let error as HeadcountError where error.code == .invalidBackup {
            throw Failure("\(from == "-" ? "standard input" : from): \(error.message); nothing was restored", .badData)
        }
        bar.clear()
        await limiter.close()
        try Terminal.write(output.json ? JSONLine.text(line(report)) : text(report))
        if !report.taken.isEmpty {
            Terminal.say(
                "Instagram ids of other accounts by now were left to them: \(report.taken.joined(separator: ", "))")
        }
    }

    private func line(_ report: RestoreReport) -> Line {
        Line(
            backup: report.header.id, began: report.header.time, dryRun: report.isDryRun, accounts: report.accounts,
            keys: report.keys, elements: report.counts.added, elementsPresent: report.counts.present,
            keysExpired: report.expiredKeys, existing: report.existing, kept: report.kept,
            instagramIdsTaken: report.taken)
    }

    private func text(_ report: RestoreReport) -> String {
        var rows = [
            ["backup began at", report.header.time],
            ["accounts", Format.count(report.accounts)],
            ["of these there already", Format.count(report.existing.count)],
            ["keys", Format.count(report.keys)],
            ["keys left out, expired by now", Format.count(report.expiredKeys)],
        ]
        if report.isDryRun {
            rows.append(["nothing was written", "--dry-run"])
        } else {
            rows += [
                ["elements added", Format.count(report.counts.added)],
                ["elements that were there", Format.count(report.counts.present)],
            ]
        }
        rows += report.kept.map { ["left as it was", $0] }
        return Format.table(rows)
    }
}
