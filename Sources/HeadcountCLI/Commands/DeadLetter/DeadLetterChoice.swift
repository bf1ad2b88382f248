import ArgumentParser
import Foundation
import Headcount

/// Which dead letters of an account, for the commands that do something about some of them, or all.
struct DeadLetterChoice: ParsableArguments {
    private struct Line: Encodable {
        let account, id, result: String
    }

    @Argument(help: "Account id.")
    var account: String

    @Argument(help: "The letters' ids, as 'headcount dead list' shows them.")
    var letters: [String] = []

    @Flag(help: "All of the account's that there are by now.")
    var all = false

    @Option(help: ArgumentHelp("With --all: only those of this scenario.", valueName: "id"))
    var scenario: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if letters.isEmpty && !all { throw ValidationError("no letter: name some, or give --all") }
        if !letters.isEmpty && all { throw ValidationError("--all is all of them: leave the letters out") }
        if scenario != nil && !all { throw ValidationError("--scenario goes with --all") }
    }

    /// Throws unless the ids are well formed.
    func check() throws {
        try Identifier.check(account: account)
        if let scenario { try Identifier.check(scenario: scenario) }
    }

    /// A limiter that has spoken to Redis, once the ids are known to be well formed.
    func connect() async throws -> Limiter {
        try check()
        return try await connection.connect()
    }

    /// Does something about each letter, and prints what came of it.
    func forEach(_ limiter: Limiter, _ work: (_ letter: String) async throws -> String) async throws {
        guard all else {
            for letter in letters { try write(letter, try await work(letter)) }
            return
        }
        // Later ones are left: a run that is replayed may end as a dead letter again, and there would be no end of it.
        let start = try await limiter.askTime()
        try await limiter.deadLetters.forEachPage(of: account, scenario: scenario) { page in
            for letter in page where letter.at <= start { try write(letter.id, try await work(letter.id)) }
        }
    }

    private func write(_ letter: String, _ result: String) throws {
        let line = Line(account: account, id: letter, result: result)
        try Terminal.write(output.json ? JSONLine.text(line) : "\(letter)\t\(result)\n")
    }
}
