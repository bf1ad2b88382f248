import ArgumentParser
import Headcount

struct ScenarioAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Make a scenario: an event of a contact starts it, and its steps are sent.",
        discussion: """
            'headcount worker' sends each step: a POST to the step's URL, if the account's limit allows. A contact has
            one run of a scenario at a time. Prints 'ID<TAB>enabled', or 'ID<TAB>disabled'.

            ACCOUNT comes before --keyword, which takes all words up to the next option. Case makes no difference to
            them. Durations: 90 (seconds), 30s, 15m, 24h, 3d.

            EXAMPLES
              headcount scenario add acct_42 --id welcome --on message --keyword hi hello \\
                --action https://example.com/send
              headcount scenario add acct_42 --id reel --on comment --action https://example.com/a --step 15m \\
                --step 3h=https://example.com/b --cool-down 7d
            """)

    @Argument(help: "Account id.")
    var account: String

    @Option(
        help: ArgumentHelp(
            "What the scenario is called: 1 to 64 of A-Z a-z 0-9 . _ -, another for each.", valueName: "id"))
    var id: String

    @Option(help: ArgumentHelp("What a contact does to start it.", valueName: "event"))
    var on: EventKind

    @Option(
        name: .customLong("keyword"), parsing: .upToNextOption,
        help: ArgumentHelp(
            "Only if the event's text has one of these words; may be given several times. Default: any text.",
            valueName: "word"))
    var keywords: [String] = []

    @Option(
        help: ArgumentHelp(
            "exact: the text is a keyword; contains: one stands in it; any: whatever the text. "
                + "Default: contains, or any without keywords.",
            valueName: "match"))
    var match: KeywordMatch?

    @Option(help: ArgumentHelp("The URL that is called at once, the first step.", valueName: "url"))
    var action: String

    @Option(
        name: .customLong("step"),
        help: ArgumentHelp(
            "One more step: how long after the one before, and its URL if it isn't that of --action; "
                + "may be given several times.",
            valueName: "delay[=url]"))
    var steps: [String] = []

    @Option(
        help: ArgumentHelp(
            "For how long after a run that reached a contact no other is started for it. Default: 0.",
            valueName: "duration"))
    var coolDown: String?

    @Option(
        help: ArgumentHelp(
            "For how long after a contact's last event it may be answered, or none: for any time. Default: 24h.",
            valueName: "duration|none"))
    var replyWindow: String?

    @Flag(help: "Start nothing until 'headcount scenario enable' is given.")
    var disabled = false

    @Flag(
        help: """
            Take the place of a scenario of that id, if there is one: its runs go on by the new steps, and it stays \
            enabled or disabled unless --disabled is given.
            """)
    var replace = false

    @Option(help: ArgumentHelp("Who makes it. Default: the user's name.", valueName: "name"))
    var who: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if keywords.isEmpty, let match, match != .any {
            throw ValidationError(
                "--match \(match.rawValue) needs words: give --keyword, or leave --match out, for whatever the text")
        }
        if !keywords.isEmpty && match == .any {
            throw ValidationError(
                "--match any is whatever the text: leave --keyword out, or give --match contains or exact")
        }
    }

    func run() async throws {
        try Identifier.check(account: account)
        try Identifier.check(scenario: id)
        let definition = try definition
        let limiter = try await connection.connect()
        try await put(definition, in: limiter.scenarios)
        let scenario = try await limiter.scenarios.scenario(id, of: account)
        try Terminal.write(output.json ? JSONLine.text(ScenarioDocument(scenario)) : ScenarioText.line(scenario))
        await limiter.close()
    }

    private var definition: Scenario.Definition {
        get throws {
            var definition = Scenario.Definition(
                trigger: .init(on, keywords: keywords, match: match ?? .contains),
                steps: try ScenarioSteps.steps(action: action, later: steps))
            if let coolDown {
                definition.coolDown = try DurationText.seconds(coolDown, in: "--cool-down '\(coolDown.printable)'")
            }
            if replyWindow == "none" {
                definition.replyWindow = nil
            } else if let replyWindow {
                definition.replyWindow = try DurationText.seconds(
                    replyWindow, in: "--reply-window '\(replyWindow.printable)'")
            }
            return definition
        }
    }

    private func put(_ definition: Scenario.Definition, in scenarios: Scenarios) async throws {
        let who = who ?? UserName.current
        if replace {
            let isEnabled: Bool? = disabled ? false : nil
            try await scenarios.put(id, of: account, definition, isEnabled: isEnabled, by: who)
            return
        }
        do {
            try await scenarios.add(id, to: account, definition, isEnabled: !disabled, by: who)
        } catch let error as HeadcountError where error.code == .conflict {
            // Or the account has too many.
            guard try await scenarios.list(of: account).contains(where: { $0.id == id }) else { throw error }
            throw Failure(
                "'\(id)': account \(account) has a scenario of that id; choose another, or give --replace, to put this "
                    + "one in its place", .failure)
        }
    }
}
