import ArgumentParser
import Headcount

struct ContactsEraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Erase the identity of contacts, wherever it is kept; what was counted stays counted.",
        discussion: """
            Prints 'CONTACT<TAB>erased' or 'CONTACT<TAB>not_found' for each contact. Who is erased and comes back in the
            same month is not counted twice. Needs HEADCOUNT_TOMBSTONE_KEY, a secret that all processes share. When it
            fails in the middle, give it again.

            EXAMPLE
              headcount contacts erase acct_42 17841400008460056 --yes
            """)

    private struct Line: Encodable {
        let contact: String
        let erased: Bool
        let periods, campaigns, scenarios: [String]
    }

    @Argument(help: "Account id.")
    var account: String

    @Argument(help: "Contact ids.")
    var contacts: [String]

    @OptionGroup var consent: ConsentOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try Identifier.check(account: account)
        for contact in contacts { try Identifier.check(contact: contact) }
        let who =
            contacts.count == 1 ? "contact '\(contacts[0].printable)'" : "\(Format.count(contacts.count)) contacts"
        try consent.ask("Erase \(who) of account \(account) for good?")
        let limiter = try await connection.connect()
        for contact in contacts {
            let erasure = try await limiter.erase(contact, in: account)
            let line = Line(
                contact: contact, erased: erasure.isFound, periods: erasure.periods.map(\.description),
                campaigns: erasure.campaigns, scenarios: erasure.scenarios)
            try Terminal.write(
                output.json ? JSONLine.text(line) : "\(contact)\t\(erasure.isFound ? "erased" : "not_found")\n")
        }
        await limiter.close()
    }
}
