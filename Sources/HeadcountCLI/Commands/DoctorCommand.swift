import ArgumentParser
import Headcount
import RedisClient

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check Redis: version, role, eviction, persistence, intset setting, clock, script latency.",
        discussion: """
            Exit status 1 when there is a problem that puts counts at risk.

            --acl asks no Redis. It prints, as lines for redis-cli, the user that may do what the given commands need and
            nothing else; without commands, one for everything, and then one for each command. Name, password (as its
            SHA-256), cluster or sentinels come from the URL; without a password in it, put one in the place of PASSWORD.

            EXAMPLES
              headcount doctor --redis redis://10.0.0.5:6379
              headcount doctor --acl serve worker --redis redis://headcount:SECRET@10.0.0.5 | redis-cli -h 10.0.0.5
              headcount doctor --acl plan show usage
            """)

    @Flag(help: "Print the least Redis user for the given commands, or for each.")
    var acl = false

    @Argument(
        help: ArgumentHelp("With --acl: commands, such as serve, 'plan set', or plan for all of its subcommands."))
    var commands: [String] = []

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if !acl, let command = commands.first {
            throw ValidationError("'\(command)': commands are given with --acl only")
        }
    }

    func run() async throws {
        if acl { return try await printUsers() }
        let limiter = try await connection.connect()
        let findings = try await Doctor(limiter: limiter).examine()
        if output.json {
            for finding in findings { try Terminal.write(JSONLine.text(finding)) }
        } else {
            try Terminal.write(
                Format.table(findings.map { [$0.status.rawValue, $0.server, $0.check, $0.detail].compactMap { $0 } }))
        }
        await limiter.close()
        let problems = findings.filter { $0.status == .problem }
        if !problems.isEmpty {
            throw Failure("problems found: \(problems.map(\.check).joined(separator: ", "))", .failure)
        }
    }

    private func printUsers() async throws {
        // As the other commands check URL and prefix.
        try await connection.limiter().close()
        let settings = try await connection.settings
        let url = try RedisURL(try await settings.redisURL)
        let configuration = try await settings.limiter
        let all = try commands.isEmpty ? RedisNeeds.all : RedisNeeds.named(commands)
        var users = [RedisUser(for: all, url: url, configuration: configuration)]
        if commands.isEmpty {
            users += all.map { needs in
                let suffix = "-" + needs.command.replacing(" ", with: "-")
                return RedisUser(for: [needs], url: url, configuration: configuration, suffix: suffix)
            }
        }
        for user in users { try Terminal.write(output.json ? JSONLine.text(user) : user.line + "\n") }
    }
}
