import ArgumentParser
import Headcount

struct ScenarioRunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List runs of an account's scenarios, or say why a contact got an answer, or none.",
        discussion: """
            Without --contact: the runs that are under way, and those that ended lately (an account's last 1,000),
            newest first.

            With --contact: what the contact did, what each scenario made of it, what was sent, and what is under way,
            newest last. Its last 100 events and steps are kept, for 45 days after the last one.

            EXAMPLES
              headcount scenario runs acct_42 welcome --state parked failed
              headcount scenario runs acct_42 --contact 17841400008460056
            """)

    @Argument(help: "Account id.")
    var account: String

    @Argument(help: "A scenario's id. Default: all scenarios.")
    var id: String?

    @Option(help: ArgumentHelp("The whole history of this contact.", valueName: "contact"))
    var contact: String?

    @Option(
        name: .customLong("state"), parsing: .upToNextOption,
        help: ArgumentHelp("Only runs in one of these states; may be given several times.", valueName: "state"))
    var states: [ScenarioRun.State] = []

    @Option(help: ArgumentHelp("How many runs at most. Default: 100.", valueName: "number"))
    var newest: Int?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let newest, newest < 1 { throw ValidationError("--newest \(newest): give 1 or more") }
        if contact != nil && (!states.isEmpty || newest != nil) {
            throw ValidationError("--contact shows its whole history: leave --state and --newest out")
        }
    }

    func run() async throws {
        try Identifier.check(account: account)
        if let id { try Identifier.check(scenario: id) }
        if let contact { try Identifier.check(contact: contact) }
        let limiter = try await connection.connect()
        if let contact {
            let report = ContactHistoryReport(
                account: account, scenario: id, isJSON: output.json, limiter: limiter)
            try await report.write(contact)
        } else {
            try await writeRuns(limiter)
        }
        await limiter.close()
    }

    private func writeRuns(_ limiter: Limiter) async throws {
        let states = Set(states.isEmpty ? ScenarioRun.State.allCases : states)
        let runs = try await limiter.scenarios.runs(of: account, scenario: id, states: states, newest: newest ?? 100)
        if output.json {
            for run in runs { try Terminal.write(JSONLine.text(ScenarioRunDocument(run))) }
        } else {
            let zone = try await limiter.plan(of: account).calendar.zone
            try Terminal.write(ScenarioRunText.table(runs, in: zone, showsScenario: id == nil))
        }
    }
}
