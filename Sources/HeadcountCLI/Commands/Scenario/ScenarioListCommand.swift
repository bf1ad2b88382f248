import ArgumentParser
import Headcount

struct ScenarioListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List an account's scenarios, and what became of their runs.",
        discussion: """
            EXAMPLE
              headcount scenario list acct_42
            """)

    @Argument(help: "Account id.")
    var account: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try Identifier.check(account: account)
        let limiter = try await connection.connect()
        let scenarios = try await limiter.scenarios.list(of: account)
        if output.json {
            for scenario in scenarios { try Terminal.write(JSONLine.text(ScenarioDocument(scenario))) }
        } else {
            let zone = try await limiter.plan(of: account).calendar.zone
            try Terminal.write(ScenarioText.table(scenarios, in: zone))
        }
        await limiter.close()
    }
}
