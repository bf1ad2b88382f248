import ArgumentParser
import Headcount

/// One scenario of an account, for the commands that are about one.
struct ScenarioOptions: ParsableArguments {
    @Argument(help: "Account id.")
    var account: String

    @Argument(help: "The scenario's id.")
    var id: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    /// Throws unless the ids are well formed.
    func check() throws {
        try Identifier.check(account: account)
        try Identifier.check(scenario: id)
    }

    /// A limiter that has spoken to Redis, once the ids are known to be well formed.
    func connect() async throws -> Limiter {
        try check()
        return try await connection.connect()
    }

    /// Changes the scenario, and prints whether it is enabled then.
    func change(_ work: (Scenarios) async throws -> Void) async throws {
        let limiter = try await connect()
        try await work(limiter.scenarios)
        let scenario = try await limiter.scenarios.scenario(id, of: account)
        try Terminal.write(output.json ? JSONLine.text(ScenarioDocument(scenario)) : ScenarioText.line(scenario))
        await limiter.close()
    }
}
