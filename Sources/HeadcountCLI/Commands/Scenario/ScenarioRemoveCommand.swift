import ArgumentParser
import Headcount

struct ScenarioRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a scenario for good, and end its runs.",
        discussion: """
            What contacts were sent stays in their histories. Prints 'ID<TAB>removed<TAB>RUNS': how many runs were under
            way. To stop it for a time, disable it.

            EXAMPLE
              headcount scenario remove acct_42 welcome --yes
            """)

    private struct Line: Encodable {
        let account, id: String
        let runs: Int
    }

    @OptionGroup var scenario: ScenarioOptions
    @OptionGroup var consent: ConsentOptions

    func run() async throws {
        let (account, id) = (scenario.account, scenario.id)
        try scenario.check()
        try consent.ask("Remove scenario \(id) of account \(account), and end its runs, for good?")
        let limiter = try await scenario.connect()
        let line = Line(account: account, id: id, runs: try await limiter.scenarios.remove(id, of: account))
        try Terminal.write(scenario.output.json ? JSONLine.text(line) : "\(id)\tremoved\t\(line.runs)\n")
        await limiter.close()
    }
}
