import ArgumentParser
import Headcount

struct ScenarioShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what a scenario does, and what became of its runs.",
        discussion: """
            EXAMPLE
              headcount scenario show acct_42 welcome
            """)

    @OptionGroup var scenario: ScenarioOptions

    func run() async throws {
        let limiter = try await scenario.connect()
        let found = try await limiter.scenarios.scenario(scenario.id, of: scenario.account)
        if scenario.output.json {
            try Terminal.write(JSONLine.text(ScenarioDocument(found)))
        } else {
            let zone = try await limiter.plan(of: scenario.account).calendar.zone
            try Terminal.write(ScenarioText.text(found, in: zone))
        }
        await limiter.close()
    }
}
