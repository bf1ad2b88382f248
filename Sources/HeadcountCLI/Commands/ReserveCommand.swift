import ArgumentParser
import Headcount

struct ReserveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reserve",
        abstract: "Hold a slot for contacts that are about to be touched, until they are confirmed or released.",
        discussion: """
            Prints 'CONTACT<TAB>VERDICT<TAB>TOKEN' for each contact, in order. Verdicts: reserved, already_activated,
            limit_reached, not_counted; only a reserved one has a token. Exit status 3 when the limit refused somebody.

            A held slot counts against the limit. 'headcount confirm' counts the contact, 'headcount release' lets go of
            the slot, and so does the end of the lease. --from and contacts that begin with a dash are as with
            'headcount activate'.

            EXAMPLES
              headcount reserve acct_42 --by scenario:welcome --lease 30 17841400008460056
              headcount reserve acct_42 --by campaign:spring --from audience.csv > reserved.tsv
              headcount confirm acct_42 --from reserved.tsv
            """)

    @Argument(help: "Account id.")
    var account: String

    @Argument(help: "Contact ids.")
    var contacts: [String] = []

    @Option(
        help: ArgumentHelp(
            "What is to touch the contacts.",
            discussion: "campaign, scenario and ai_agent count; segment, folder, crm and manual cost nothing.",
            valueName: "kind[:id]"))
    var by: String

    @Option(help: ArgumentHelp("How long a slot is held, in seconds, 0.1 to 86400.", valueName: "seconds"))
    var lease = 60.0

    @OptionGroup var input: AudienceOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if contacts.isEmpty && input.from == nil {
            throw ValidationError(
                "nobody to reserve: name contacts (after -- if they begin with a dash), "
                    + "or give --from FILE, or --from - for standard input")
        }
        guard (0.1...86_400).contains(lease) else {
            throw ValidationError("--lease \(lease): give seconds, 0.1 to 86400")
        }
    }

    func run() async throws {
        let action = try Action(by)
        try Identifier.check(account: account)
        for contact in contacts { try Identifier.check(contact: contact) }
        let counts = try await connection.settings.limiter.actionKinds.counts(action)
        // Actions that cost nothing need no Redis.
        let limiter = try await counts ? connection.connect() : connection.limiter()
        var reserving = Reserving(
            account: account, action: action, lease: .milliseconds(Int((lease * 1_000).rounded())), limiter: limiter,
            isJSON: output.json)
        let faults = try await input.forEachBatch(after: contacts) { contacts in
            // The tokens of one call are printed before the next is made: without them, nobody can settle.
            for part in contacts.parts(of: input.batch) { try await reserving.reserve(part) }
            return reserving.tally
        }
        try await reserving.finish()
        await limiter.close()
        if faults > 0 { throw Failure(Audience.leftOut(faults), .badData) }
        if reserving.limitReached > 0 { throw Failure(nil, .refused) }
    }
}
