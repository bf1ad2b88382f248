import ArgumentParser

struct DeadLetterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "See, replay and purge dead letters: runs of scenarios that failed, or of which nobody knows.",
        discussion: """
            EXAMPLE
              headcount dead list acct_42
            """,
        subcommands: [
            DeadLetterListCommand.self, DeadLetterShowCommand.self, DeadLetterReplayCommand.self,
            DeadLetterPurgeCommand.self,
        ])
}
