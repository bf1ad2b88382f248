import ArgumentParser
import Headcount

struct ContactsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contacts",
        abstract: "List an account's activated contacts, ask about some, erase them, or merge two.",
        discussion: """
            EXAMPLE
              headcount contacts check acct_42 17841400008460056
            """,
        subcommands: [
            ContactsListCommand.self, ContactsCheckCommand.self, ContactsEraseCommand.self, ContactsMergeCommand.self,
        ])
}

struct ContactsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the contacts activated in a period, one a line, in no order.",
        discussion: """
            EXAMPLE
              headcount contacts list acct_42 --period 2026-10
            """)

    private struct Line: Encodable {
        let contact: String
    }

    @Argument(help: "Account id.")
    var account: String

    @Option(help: ArgumentHelp("The period. Default: the current one.", valueName: "YYYY-MM[-DD]"))
    var period: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try Identifier.check(account: account)
        let limiter = try await connection.connect()
        // The period is fixed by the first page: midnight may fall in between.
        let period = try await limiter.usage(of: account, period: period).period
        var cursor: String?
        repeat {
            let page = try await limiter.contacts(of: account, period: period.description, cursor: cursor)
            let lines = try page.contacts.map { try output.json ? JSONLine.text(Line(contact: $0)) : $0 + "\n" }
            try Terminal.write(lines.joined())
            cursor = page.cursor
        } while cursor != nil
        await limiter.close()
    }
}

struct ContactsCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say whether contacts are activated in a period.",
        discussion: """
            Prints 'CONTACT<TAB>activated' or 'CONTACT<TAB>not_activated' for each contact. Counts nobody.

            EXAMPLE
              headcount contacts check acct_42 17841400008460056
            """)

    private struct Line: Encodable {
        let contact: String
        let activated: Bool
    }

    @Argument(help: "Account id.")
    var account: String

    @Argument(help: "Contact ids.")
    var contacts: [String]

    @Option(help: ArgumentHelp("The period. Default: the current one.", valueName: "YYYY-MM[-DD]"))
    var period: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try Identifier.check(account: account)
        for contact in contacts { try Identifier.check(contact: contact) }
        let limiter = try await connection.connect()
        let results = try await limiter.isActivated(contacts, in: account, period: period)
        for (contact, isActivated) in zip(contacts, results) {
            try Terminal.write(
                output.json
                    ? JSONLine.text(Line(contact: contact, activated: isActivated))
                    : "\(contact)\t\(isActivated ? "activated" : "not_activated")\n")
        }
        await limiter.close()
    }
}
