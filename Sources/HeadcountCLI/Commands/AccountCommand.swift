import ArgumentParser
import Headcount
import HeadcountHTTP

struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "Remove an account.",
        discussion: """
            EXAMPLE
              headcount account remove acct_42 --yes
            """,
        subcommands: [AccountRemoveCommand.self])
}

struct AccountRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove everything that is kept of an account, for good, and revoke its API keys.",
        discussion: """
            Contacts, plan, audit list, campaigns and notices are gone, whatever is under way; if the account comes
            back, it is on the default plan and has counted nobody. When it fails in the middle, give it again.

            EXAMPLE
              headcount account remove acct_42 --yes
            """)

    private struct Line: Encodable {
        let account: String
        let keys, apiKeys: Int
    }

    @Argument(help: "Account id.")
    var account: String

    @OptionGroup var consent: ConsentOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try Identifier.check(account: account)
        try consent.ask("Remove account \(account), with everything that is kept of it, for good?")
        let limiter = try await connection.connect()
        // First, so that nobody brings the account back with one of them.
        let apiKeys = try await APIKeyStore(limiter).revokeAll(of: account)
        let line = Line(account: account, keys: try await limiter.removeAccount(account), apiKeys: apiKeys)
        try Terminal.write(output.json ? JSONLine.text(line) : Self.text(line))
        await limiter.close()
    }

    private static func text(_ line: Line) -> String {
        Format.table([
            ["account", line.account],
            ["Redis keys removed", Format.count(line.keys)],
            ["API keys revoked", Format.count(line.apiKeys)],
        ])
    }
}
