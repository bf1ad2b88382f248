import ArgumentParser
import Headcount

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check Redis: version, role, eviction, persistence, intset setting, clock, script latency.",
        discussion: """
            Exit status 1 when there is a problem that puts counts at risk.

            EXAMPLE
              headcount doctor --redis redis://10.0.0.5:6379
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let limiter = try await connection.connect()
        let findings = try await Doctor(limiter: limiter).examine()
        if output.json {
            for finding in findings { try Terminal.write(JSONLine.text(finding)) }
        } else {
            try Terminal.write(Format.table(findings.map { [$0.status.rawValue, $0.server, $0.check, $0.detail].compactMap { $0 } }))
        }
        await limiter.close()
        let problems = findings.filter { $0.status == .problem }
        if !problems.isEmpty {
            throw Failure("problems found: \(problems.map(\.check).joined(separator: ", "))", .failure)
        }
    }
}
