import ArgumentParser
import Foundation
import Headcount

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure Headcount against what its Redis can do at most, in one run.",
        discussion: """
            Starts a redis-server of its own and runs each case next to its anchor, several rounds; prints medians,
            spread and ratios, and whether each case reaches its mark. Build with 'make build' before you believe it.

            EXAMPLE
              headcount bench --case hot-account --rounds 3
            """)

    @Option(
        name: .customLong("case"),
        help: ArgumentHelp("Only this case; may be given several times.", valueName: "name"))
    var cases: [BenchCase] = []

    @Option(help: ArgumentHelp("How often each case is measured.", valueName: "number"))
    var rounds = 5

    @Option(help: ArgumentHelp("Callers at once, where the case has many.", valueName: "number"))
    var callers = 1_024

    @Option(help: ArgumentHelp("Accounts of the cases many-accounts and batch-256.", valueName: "number"))
    var accounts = 10_000

    @Option(help: ArgumentHelp("How much is done in a round: 0.1 for a tenth.", valueName: "factor"))
    var effort = 1.0

    @Option(help: ArgumentHelp("Measure this Redis, redis+unix:///path; gigabytes are put into it.", valueName: "url"))
    var redis: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...1_000).contains(rounds) else { throw ValidationError("--rounds \(rounds): give 1 to 1000") }
        guard (1...65_536).contains(callers) else { throw ValidationError("--callers \(callers): give 1 to 65536") }
        guard (1...1_000_000).contains(accounts) else {
            throw ValidationError("--accounts \(accounts): give 1 to 1000000")
        }
        guard effort > 0, effort <= 100 else {
            throw ValidationError("--effort \(effort): give above 0 and at most 100")
        }
    }

    func run() async throws {
        let server = try await BenchServer(url: redis)
        defer { server.stop() }
        let bench = Bench(redis: server, rounds: rounds, callers: callers, accounts: accounts, effort: effort)
        let wanted = cases.isEmpty ? BenchCase.allCases : cases
        var results: [BenchResult] = []
        var progress = ProgressBar(total: wanted.count)
        for (done, name) in wanted.enumerated() {
            progress.update(done: done, label: name.rawValue)
            let result = try await bench.run(name)
            progress.clear()
            results.append(result)
            if output.json { try Terminal.write(JSONLine.text(result)) }
        }
        if !output.json { try Terminal.write(Self.table(results)) }
    }

    private static func table(_ results: [BenchResult]) -> String {
        let header = ["CASE", "VALUE", "SPREAD", "UNIT", "ANCHOR", "RATIO", "MARK", "", "ANCHORED TO"]
        let rows = results.map { result in
            [
                result.case, BenchResult.short(result.value),
                result.spread.map(BenchResult.short).joined(separator: "…"), result.unit,
                BenchResult.short(result.anchor), BenchResult.short(result.ratio), result.mark,
                result.reached ? "reached" : "MISSED", result.anchoredTo,
            ]
        }
        return Format.table([header] + rows, right: [1, 4, 5])
    }
}
