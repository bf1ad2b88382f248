import ArgumentParser

struct ChannelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "channel",
        abstract: "Say through which channels events reach an account, and start its scenarios.",
        discussion: """
            EXAMPLE
              headcount channel link acct_42 instagram 17841405822304914
            """,
        subcommands: [ChannelLinkCommand.self, ChannelUnlinkCommand.self, ChannelListCommand.self])
}
