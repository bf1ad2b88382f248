import ArgumentParser
import Headcount

struct ActivateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "activate",
        abstract: "Activate contacts: count each once a month, and refuse who is over the limit.",
        discussion: """
            Prints 'CONTACT<TAB>VERDICT' for each contact, in order. Verdicts: activated, already_activated,
            limit_reached, not_counted. Exit status 3 when the limit refused somebody.

            --from reads one contact a line, CSV with a header, or JSON lines, as a stream of any size. A bad line is
            reported with its number, the others are activated, and the exit status is 65.

            While Redis can't be asked, nobody is admitted (exit status 69), unless --failure-policy open says otherwise:
            then contacts are admitted within bounds and journalled, to be counted later by 'headcount journal replay'.

            Contacts that begin with a dash stand after --.

            EXAMPLES
              headcount activate acct_42 --by campaign:spring 17841400008460056
              headcount activate acct_42 --by campaign:spring --from audience.csv
              zcat audience.gz | headcount activate acct_42 --by campaign:x --from -
            """)

    @Argument(help: "Account id: 1 to 128 of A-Z a-z 0-9 . _ - : @")
    var account: String

    @Argument(help: "Contact ids: 1 to 256 bytes of UTF-8 without control characters.")
    var contacts: [String] = []

    @Option(
        help: ArgumentHelp(
            "What touches the contacts.",
            discussion: "campaign, scenario and ai_agent count; segment, folder, crm and manual cost nothing.",
            valueName: "kind[:id]"))
    var by: String

    @OptionGroup var input: AudienceOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var failure: FailureOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if contacts.isEmpty && input.from == nil {
            throw ValidationError(
                "nobody to activate: name contacts (after -- if they begin with a dash), "
                    + "or give --from FILE, or --from - for standard input")
        }
    }

    func run() async throws {
        let action = try Action(by)
        try Identifier.check(account: account)
        for contact in contacts { try Identifier.check(contact: contact) }
        let configuration = try await connection.settings(with: failure.flags).limiter
        // Actions that cost nothing need no Redis, nor does who would be admitted without it.
        let needsRedis = try configuration.actionKinds.counts(action) && configuration.failurePolicy == .closed
        let limiter = try await needsRedis ? connection.connect() : connection.limiter(with: failure.flags)
        var activation = Activation(account: account, action: action, limiter: limiter, isJSON: output.json)
        let faults = try await input.forEachBatch(after: contacts) { contacts in
            try await activation.activate(contacts)
            return activation.tally
        }
        try await activation.finish()
        await limiter.close()
        if activation.failedOpen > 0, case .open(let bounds) = configuration.failurePolicy {
            Terminal.say(
                "\(Format.count(activation.failedOpen)) contacts were admitted without Redis, whatever the limit is; when it "
                    + "is back: headcount journal replay \(bounds.journal)")
        }
        if faults > 0 { throw Failure(Audience.leftOut(faults), .badData) }
        if activation.limitReached > 0 { throw Failure(nil, .refused) }
    }
}
