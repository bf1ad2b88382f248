import ArgumentParser
import Headcount

struct AccountsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts",
        abstract: "List the accounts that are active in their current month, nearest to the limit first.",
        discussion: """
            EXAMPLE
              headcount accounts --near 80
            """)

    @Option(help: ArgumentHelp("Only accounts that have used so many percent of their limit.", valueName: "percent"))
    var near: Int?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let near, near < 0 { throw ValidationError("--near \(near): give a percentage, 0 or more") }
    }

    func run() async throws {
        let limiter = try await connection.connect()
        let usages = try await limiter.accounts(near: near)
        if output.json {
            for usage in usages { try Terminal.write(JSONLine.text(UsageDocument(usage))) }
        } else {
            let rows = usages.map { usage in
                [
                    usage.account, usage.plan, usage.period.description, Format.count(usage.used),
                    Format.count(usage.limit), usage.percentUsed.map { "\($0) %" } ?? "",
                    Format.time(usage.resetsAt, in: usage.calendar.zone),
                ]
            }
            let header = ["ACCOUNT", "PLAN", "PERIOD", "USED", "LIMIT", "", "RESETS AT"]
            try Terminal.write(Format.table([header] + rows, right: [3, 4, 5]))
        }
        await limiter.close()
    }
}
