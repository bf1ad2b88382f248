import ArgumentParser
import Headcount

struct ContactsMergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Make two contacts of one person one, in the current period.",
        discussion: """
            The first goes by the name of the second from then on, and so do its reservations. Nothing is given back:
            were both counted, both stay counted.

            EXAMPLE
              headcount contacts merge acct_42 ann@example.com 17841400008460056
            """)

    private struct Line: Encodable {
        let account, from, into: String
        let fromWasCounted, intoWasCounted: Bool
    }

    @Argument(help: "Account id.")
    var account: String

    @Argument(help: "The contact that is no more.")
    var from: String

    @Argument(help: "The contact that stays.")
    var into: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try Identifier.check(account: account)
        try Identifier.check(contact: from)
        try Identifier.check(contact: into)
        let limiter = try await connection.connect()
        let merge = try await limiter.merge(from, into: into, in: account)
        let line = Line(
            account: account, from: from, into: into, fromWasCounted: merge.fromWasCounted,
            intoWasCounted: merge.intoWasCounted)
        try Terminal.write(output.json ? JSONLine.text(line) : Self.text(line))
        await limiter.close()
    }

    private static func text(_ line: Line) -> String {
        func word(_ wasCounted: Bool) -> String { wasCounted ? "was counted" : "was not counted" }
        return Format.table([
            ["from", line.from, word(line.fromWasCounted)], ["into", line.into, word(line.intoWasCounted)],
        ])
    }
}
