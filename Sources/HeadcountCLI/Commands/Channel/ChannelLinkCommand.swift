import ArgumentParser
import Headcount

struct ChannelLinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link",
        abstract: "Let events of a channel reach an account.",
        discussion: """
            instagram: webhooks whose entry.id is one of the ids. An account may have several, and keeps those that it
            has. generic: webhooks to /webhooks/generic/ACCOUNT that are signed with one of the secrets, which take the
            place of earlier ones: give two while the sender changes from one to the other.

            Secrets of a command line are seen by everybody on the machine, and kept by shells: with '--secret -', they
            are read from standard input, one a line. Prints the account's channels, as 'headcount channel list' does.

            EXAMPLES
              headcount channel link acct_42 instagram 17841405822304914
              headcount channel link acct_42 generic --secret - < secrets.txt
            """)

    @OptionGroup var options: ChannelOptions

    @Argument(help: "instagram or generic.")
    var channel: ChannelKind

    @Argument(help: "For instagram: ids of the account's Instagram professional accounts.")
    var ids: [String] = []

    @Option(
        name: .customLong("secret"),
        help: ArgumentHelp(
            "For generic: what its webhooks are signed with, 16 to 256 bytes; may be given twice.",
            valueName: "secret|-"))
    var secrets: [String] = []

    func validate() throws {
        switch channel {
        case .instagram:
            if !secrets.isEmpty {
                throw ValidationError(
                    "--secret goes with generic; instagram's are HEADCOUNT_INSTAGRAM_APP_SECRETS of 'headcount serve'")
            }
            if ids.isEmpty { throw ValidationError("no id: give the ids of the account's Instagram accounts") }
        case .generic:
            // They are not shown: what stands there may be a secret.
            if !ids.isEmpty { throw ValidationError("generic has no ids: give secrets with --secret") }
            if secrets.isEmpty {
                throw ValidationError("no secret: give --secret SECRET, or --secret - to read it from standard input")
            }
        }
    }

    func run() async throws {
        let secrets = try SecretInput.secrets(self.secrets)
        try await options.write { channels in
            switch channel {
            case .instagram: try await channels.link(instagram: ids, to: options.account)
            case .generic: try await channels.link(genericSecrets: secrets, to: options.account)
            }
        }
    }
}
