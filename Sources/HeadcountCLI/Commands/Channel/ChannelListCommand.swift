import ArgumentParser
import Headcount

struct ChannelListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the channels that are linked to an account. Shows no secret.",
        discussion: """
            Prints 'instagram<TAB>ID' for each id, and 'generic<TAB>2 secrets'.

            EXAMPLE
              headcount channel list acct_42
            """)

    @OptionGroup var options: ChannelOptions

    func run() async throws {
        try await options.write()
    }
}
