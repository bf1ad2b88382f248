import ArgumentParser
import Headcount

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Write accounts down as JSON lines, while they are in use.",
        discussion: """
            What was counted before the backup began is in it; what came later may be. The file holds contacts and secrets.

            EXAMPLES
              headcount backup acct_42 > acct_42.jsonl
              headcount backup --all --output headcount.jsonl
            """)

    @OptionGroup var choice: AccountChoice

    @Option(
        help: ArgumentHelp(
            "File to write, or - for standard output. It has its name once it is whole.", valueName: "file"),
        completion: .file())
    var output = "-"

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let file = try BackupOutput(output == "-" ? nil : output)
        let limiter = try await connection.connect()
        var bar = ProgressBar(total: nil)
        let report = try await limiter.backUp(choice.chosen, to: file.write) { tally in
            bar.update(done: 0, label: "\(Format.count(tally.keys)) keys, \(Format.count(tally.elements)) elements")
        }
        try file.finish()
        bar.clear()
        await limiter.close()
        let tally = report.tally
        Terminal.say(
            "wrote \(Format.count(tally.accounts)) \(tally.accounts == 1 ? "account" : "accounts"), "
                + "\(Format.count(tally.keys)) keys with \(Format.count(tally.elements)) elements")
        if report.skipped > 0 {
            Terminal.say(
                "left out \(Format.count(report.skipped)) keys that are none of Headcount's, or were gone by then")
        }
    }
}
