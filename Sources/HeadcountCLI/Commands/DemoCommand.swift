import ArgumentParser
import EmbeddedRedis
import Foundation
import Headcount

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Watch worker processes share their accounts' limits, on a Redis of its own.",
        discussion: """
            Starts a real redis-server on a private socket, then worker processes that race through sample audiences,
            upgrades an account in the middle, and holds the counts against the sets in Redis. Takes half a minute.

            EXAMPLE
              headcount demo --keep
            """)

    @Flag(help: "Leave the Redis running at the end, until Enter is pressed. Default on a terminal.")
    var keep = false

    @Flag(help: .private)
    var hold = false

    func run() async throws {
        let redis: EmbeddedRedis
        do { redis = try await EmbeddedRedis.start() } catch { throw Failure("\(error)", .unavailable) }
        defer { redis.stop() }
        if hold {
            // For tests of what happens to the server when this process is killed.
            try Terminal.writeLine("\(redis.socketPath)\t\(redis.processID)\t\(redis.directory)")
            try await Task.sleep(for: .seconds(3600))
        }
        let limiter = try await Limiter.connect(to: redis.url)
        let isExact = try await Demo(redis: redis, limiter: limiter, scenes: DemoScene.all).run()
        try await showKeys(limiter, redis)
        if keep || (isatty(STDIN_FILENO) == 1 && Terminal.isInteractive) {
            Terminal.show("\nThe Redis runs on until you press Enter.\n")
            _ = readLine()
        }
        await limiter.close()
        guard isExact else { throw Failure("an account was not counted exactly", .failure) }
    }

    private func showKeys(_ limiter: Limiter, _ redis: EmbeddedRedis) async throws {
        let account = "fit_coach"
        try Terminal.write("\nLook for yourself:\n")
        for key in try await limiter.keys(of: account) where key.exists {
            if let command = key.commands.first {
                try Terminal.write("  \(limiter.redisCLILine(command))\n")
            }
        }
        let executable = CommandLine.arguments[0]
        for arguments in ["usage \(account)", "plan show \(account)", "accounts"] {
            try Terminal.write("  \(executable) \(arguments) --redis \(redis.url)\n")
        }
    }
}
