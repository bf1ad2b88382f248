import ArgumentParser
import Foundation
import Headcount

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Show an account's Redis keys, with redis-cli lines to paste.",
        discussion: """
            EXAMPLE
              headcount keys acct_42
            """)

    private struct Line: Encodable {
        let key, type, holds: String
        let exists: Bool
        let expiresAt: Nullable<Date>
        let commands: [String]
    }

    @Argument(help: "Account id.")
    var account: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try Identifier.check(account: account)
        let limiter = try await connection.connect()
        for key in try await limiter.keys(of: account) {
            let commands = key.commands.map { limiter.redisCLILine($0) }
            if output.json {
                let line = Line(
                    key: key.name, type: key.type, holds: key.holds, exists: key.exists,
                    expiresAt: Nullable(key.expiresAt), commands: commands)
                try Terminal.write(JSONLine.text(line))
            } else {
                let state =
                    key.exists
                    ? key.expiresAt.map { "expires \(Format.time($0, in: "UTC"))" } ?? "stays" : "not there yet"
                let lines = commands.map { "    \($0)\n" }.joined()
                try Terminal.write("\(key.name)\n  \(key.type), \(key.holds); \(state)\n\(lines)\n")
            }
        }
        await limiter.close()
    }
}
