import ArgumentParser

struct ScenarioCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scenario",
        abstract: "Make, watch and remove scenarios: what is sent when a contact does something.",
        discussion: """
            Events come in through 'headcount serve'; 'headcount worker' sends what they start.

            EXAMPLE
              headcount scenario add acct_42 --id welcome --on message --keyword hi --action https://example.com/send
            """,
        subcommands: [
            ScenarioAddCommand.self, ScenarioListCommand.self, ScenarioShowCommand.self, ScenarioRemoveCommand.self,
            ScenarioEnableCommand.self, ScenarioDisableCommand.self, ScenarioRunsCommand.self,
        ])
}
