import ArgumentParser
import Headcount

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "List the plans; show or change an account's plan.",
        discussion: """
            EXAMPLE
              headcount plan set acct_42 --plan pro --limit 2500
            """,
        subcommands: [PlanListCommand.self, PlanShowCommand.self, PlanSetCommand.self])
}

struct PlanListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the plans there are.",
        discussion: """
            EXAMPLE
              headcount plan list
            """)

    private struct Line: Encodable {
        let plan: String
        let limit: Int
        let tiers: [Int]
        let mode: LimitMode
        let isDefault: Bool
    }

    @OptionGroup var file: ConfigurationFile
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let catalogue = try await Settings(flags: [:], file: file.config).limiter.plans
        if output.json {
            for plan in catalogue.plans {
                let line = Line(
                    plan: plan.name, limit: plan.limit, tiers: plan.tiers, mode: plan.mode,
                    isDefault: plan == catalogue.defaultPlan)
                try Terminal.write(JSONLine.text(line))
            }
            return
        }
        let rows = catalogue.plans.map { plan in
            [
                plan.name, Format.count(plan.limit), plan.mode.rawValue,
                plan.tiers.map(Format.count).joined(separator: " / ")
                    + (plan == catalogue.defaultPlan ? "  (default)" : ""),
            ]
        }
        try Terminal.write(Format.table([["PLAN", "LIMIT", "MODE", "TIERS"]] + rows, right: [1]))
    }
}

struct PlanShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an account's plan, what waits to change it, and its latest changes.",
        discussion: """
            EXAMPLE
              headcount plan show acct_42
            """)

    @Argument(help: "Account id.")
    var account: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try Identifier.check(account: account)
        let limiter = try await connection.connect()
        let plan = try await limiter.plan(of: account)
        let audit = try await limiter.planAudit(of: account, newest: 10)
        try Terminal.write(
            output.json ? JSONLine.text(PlanDocument(plan, audit: audit)) : PlanText.text(plan, audit: audit))
        await limiter.close()
    }
}

struct PlanSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change an account's plan, limit, mode, time zone or start day.",
        discussion: """
            Takes effect with the next call on every node. A change of time zone or start day waits for the period's
            end, unless the account has counted nothing in it. A plan's own limit and mode come with it unless --limit
            and --mode are given. A new plan or limit replaces one that waits for the period's end.

            EXAMPLES
              headcount plan set acct_42 --plan pro --limit 2500
              headcount plan set acct_42 --plan free --at-period-end --who billing
              headcount plan set acct_42 --zone Europe/Paris --start-day 15
            """)

    @Argument(help: "Account id.")
    var account: String

    @Option(help: ArgumentHelp("A plan of 'headcount plan list'.", valueName: "name"))
    var plan: String?

    @Option(help: ArgumentHelp("Contacts a month, 0 to 1000000000.", valueName: "number"))
    var limit: Int?

    @Option(
        help: ArgumentHelp(
            "hard refuses at the limit, soft admits and marks, unlimited only counts.", valueName: "mode"))
    var mode: LimitMode?

    @Option(help: ArgumentHelp("IANA time zone of the account's months, such as Europe/Paris.", valueName: "zone"))
    var zone: String?

    @Option(help: ArgumentHelp("Day on which the account's months begin, 1 to 28.", valueName: "day"))
    var startDay: Int?

    @Flag(help: "Let the change take effect when the current period ends.")
    var atPeriodEnd = false

    @Option(
        help: ArgumentHelp("Who makes the change, for the audit list. Default: the user's name.", valueName: "name"))
    var who: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if plan == nil && limit == nil && mode == nil && zone == nil && startDay == nil {
            throw ValidationError("nothing to change: give --plan, --limit, --mode, --zone or --start-day")
        }
    }

    func run() async throws {
        try Identifier.check(account: account)
        let change = PlanChange(
            plan: plan, limit: limit, mode: mode, zone: zone, startDay: startDay,
            effect: atPeriodEnd ? .atPeriodEnd : .now)
        // What can't be right is said before Redis is asked.
        _ = try change.resolved(in: try await connection.settings.limiter.plans)
        let limiter = try await connection.connect()
        let result = try await limiter.setPlan(change, for: account, by: who ?? UserName.current)
        try Terminal.write(
            output.json ? JSONLine.text(PlanDocument(result, audit: [])) : PlanText.text(result, audit: []))
        await limiter.close()
    }
}
