import ArgumentParser

struct JournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "See who was admitted while Redis could not be asked, and count them.",
        discussion: """
            EXAMPLE
              headcount journal replay /var/lib/headcount/journal
            """,
        subcommands: [JournalReplayCommand.self, JournalShowCommand.self])
}
