import ArgumentParser
import Headcount

struct DeadLetterShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a dead letter: which run ended, why, and the event that had started it.",
        discussion: """
            EXAMPLE
              headcount dead show acct_42 1795500000000-0
            """)

    @Argument(help: "Account id.")
    var account: String

    @Argument(help: "The letter's id, as 'headcount dead list' shows it.")
    var letter: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try Identifier.check(account: account)
        let limiter = try await connection.connect()
        let found = try await limiter.deadLetters.letter(letter, of: account)
        if output.json {
            try Terminal.write(JSONLine.text(DeadLetterDocument(found)))
        } else {
            let zone = try await limiter.plan(of: account).calendar.zone
            try Terminal.write(DeadLetterText.text(found, in: zone))
        }
        await limiter.close()
    }
}
