import ArgumentParser
import Headcount

struct ChannelUnlinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlink",
        abstract: "Let events of a channel no longer reach an account. What is under way goes on.",
        discussion: """
            Prints the channels that the account still has, as 'headcount channel list' does.

            EXAMPLES
              headcount channel unlink acct_42 instagram 17841405822304914
              headcount channel unlink acct_42 generic
            """)

    @OptionGroup var options: ChannelOptions

    @Argument(help: "instagram or generic.")
    var channel: ChannelKind

    @Argument(help: "For instagram: the ids, as 'headcount channel list' shows them.")
    var ids: [String] = []

    func validate() throws {
        switch channel {
        case .instagram: if ids.isEmpty { throw ValidationError("no id: name those that are to be unlinked") }
        case .generic: if !ids.isEmpty { throw ValidationError("generic has no ids: leave them out") }
        }
    }

    func run() async throws {
        try await options.write { channels in
            switch channel {
            case .instagram: try await channels.unlink(instagram: ids, from: options.account)
            case .generic: try await channels.unlinkGeneric(from: options.account)
            }
        }
    }
}
