import ArgumentParser
import Headcount

struct DeadLetterListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List an account's dead letters, newest first, or the accounts that have some.",
        discussion: """
            EXAMPLES
              headcount dead list
              headcount dead list acct_42 --scenario welcome
            """)

    private struct AccountLine: Encodable {
        let account: String
        let count: Int
    }

    @Argument(help: "Account id. Default: how many each account has.")
    var account: String?

    @Option(help: ArgumentHelp("Only those of this scenario.", valueName: "id"))
    var scenario: String?

    @Option(help: ArgumentHelp("How many at most. Default: 100.", valueName: "number"))
    var newest: Int?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let newest, newest < 1 { throw ValidationError("--newest \(newest): give 1 or more") }
        if account == nil && (scenario != nil || newest != nil) {
            throw ValidationError("--scenario and --newest go with an account: name it")
        }
    }

    func run() async throws {
        if let account { try Identifier.check(account: account) }
        if let scenario { try Identifier.check(scenario: scenario) }
        let limiter = try await connection.connect()
        if let account {
            try await writeLetters(of: account, limiter)
        } else {
            try await writeAccounts(limiter)
        }
        await limiter.close()
    }

    private func writeLetters(of account: String, _ limiter: Limiter) async throws {
        let letters = try await limiter.deadLetters.list(of: account, scenario: scenario, newest: newest ?? 100)
        if output.json {
            for letter in letters { try Terminal.write(JSONLine.text(DeadLetterDocument(letter))) }
        } else {
            let zone = try await limiter.plan(of: account).calendar.zone
            try Terminal.write(DeadLetterText.table(letters, in: zone))
        }
    }

    private func writeAccounts(_ limiter: Limiter) async throws {
        let accounts = try await limiter.deadLetters.accounts()
        if output.json {
            for (account, count) in accounts {
                try Terminal.write(JSONLine.text(AccountLine(account: account, count: count)))
            }
        } else {
            let rows = accounts.map { [$0.account, Format.count($0.count)] }
            try Terminal.write(Format.table([["ACCOUNT", "DEAD LETTERS"]] + rows, right: [1]))
        }
    }
}
