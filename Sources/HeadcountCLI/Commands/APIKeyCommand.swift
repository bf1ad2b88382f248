import ArgumentParser
import Foundation
import Headcount
import HeadcountHTTP

struct APIKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api-key",
        abstract: "Make, list and revoke keys of the HTTP API and the dashboard.",
        discussion: """
            EXAMPLE
              headcount api-key create --name campaigns --scope activate
            """,
        subcommands: [APIKeyCreateCommand.self, APIKeyListCommand.self, APIKeyRevokeCommand.self])
}

/// What `--json` prints of a key.
private struct APIKeyLine: Encodable {
    let id, name: String
    let scope: APIKeyScope
    let account: Nullable<String>
    let createdAt: Date
    let expiresAt: Nullable<Date>
    /// Only of one that was just made.
    let key: String?

    init(_ key: APIKey, text: String? = nil) {
        id = key.id
        name = key.name
        scope = key.scope
        account = Nullable(key.account)
        createdAt = key.createdAt
        expiresAt = Nullable(key.expiresAt)
        self.key = text
    }
}

struct APIKeyCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a key, and print it. Nobody can find it out later: only its SHA-256 is stored.",
        discussion: """
            Scopes: activate asks about contacts and nothing else; read reads everything and signs in to the dashboard;
            admin does everything.

            EXAMPLES
              headcount api-key create --name campaigns --scope activate
              headcount api-key create --name 'agency 7' --scope read --account acct_42 --expires 2027-06-30
            """)

    @Option(help: ArgumentHelp("What the key is called; also who made its changes, in audit lists.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("activate, read or admin.", valueName: "scope"))
    var scope: APIKeyScope

    @Option(help: ArgumentHelp("The only account that it may be used for. Default: all.", valueName: "account"))
    var account: String?

    @Option(
        help: ArgumentHelp(
            "When it ends: 2027-06-30, the last day on which it works in UTC, or 2027-06-30T12:00:00Z. Default: never.",
            valueName: "date"))
    var expires: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        if let account { try Identifier.check(account: account) }
        let expiresAt = try expires.map(ExpiryDate.instant)
        let limiter = try await connection.connect()
        if let expires, let expiresAt, try await limiter.askTime() >= expiresAt {
            throw Failure("--expires '\(expires.printable)': a key has to expire in the future", .usage)
        }
        let (text, key) = try await APIKeyStore(limiter).create(
            name: name, scope: scope, account: account, expiresAt: expiresAt)
        try Terminal.write(output.json ? JSONLine.text(APIKeyLine(key, text: text)) : text + "\n")
        await limiter.close()
    }
}

struct APIKeyListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the keys there are, oldest first, without the keys themselves.",
        discussion: """
            EXAMPLE
              headcount api-key list
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let limiter = try await connection.connect()
        let keys = try await APIKeyStore(limiter).list()
        if output.json {
            for key in keys { try Terminal.write(JSONLine.text(APIKeyLine(key))) }
        } else {
            let rows = keys.map { key in
                [
                    key.id, key.scope.rawValue, key.account ?? "all", Format.time(key.createdAt, in: "UTC"),
                    key.expiresAt.map { Format.time($0, in: "UTC") } ?? "never", key.name,
                ]
            }
            try Terminal.write(Format.table([["ID", "SCOPE", "ACCOUNT", "CREATED", "EXPIRES", "NAME"]] + rows))
        }
        await limiter.close()
    }
}

struct APIKeyRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take a key away. It stops working within a second, on every instance.",
        discussion: """
            EXAMPLE
              headcount api-key revoke 9f1c2a7be4d0638f
            """)

    @Argument(help: "The key's id, as 'headcount api-key list' shows it.")
    var id: String

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let limiter = try await connection.connect()
        let isRevoked = try await APIKeyStore(limiter).revoke(id: id)
        await limiter.close()
        guard isRevoked else {
            throw Failure("'\(id.printable)': there is no key with this id; see headcount api-key list", .badData)
        }
    }
}
