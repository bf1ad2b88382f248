import Foundation
import Headcount
import HeadcountScripts
import HeadcountTesting
import TestSupport
import Testing

/// The scripts keep to what Redis 6.2 has, and to one slot of a cluster.
@Suite struct ScriptTests {
    private static let scripts = ScriptSource.all

    @Test func commandsAndFunctionsAreThoseOfRedis62() async throws {
        try await withLimiter { _, redis in
            for script in Self.scripts {
                let commands = Set(script.matches(of: /redis\.call\('(\w+)'/).map { String($0.1) })
                #expect(!commands.isEmpty)
                for command in commands {
                    let docs = try await RedisCLI(redis).run("COMMAND", "DOCS", command).split(separator: "\n").map(
                        String.init)
                    let since = try #require(docs.firstIndex(of: "since").map { docs[$0 + 1] }, "\(command)")
                    let version = since.split(separator: ".").compactMap { Int($0) }
                    #expect(version.lexicographicallyPrecedes([6, 2, 1]), "\(command) is since \(since)")
                }
                let functions = Set(script.matches(of: /redis\.(\w+)/).map { String($0.1) })
                #expect(functions.isSubset(of: ["call", "error_reply"]))
                // Options that came with Redis 7.
                for option in ["'NX'", "'XX'", "'GT'", "'LT'", "#!lua"] { #expect(!script.contains(option)) }
                // A key by any other name than KEYS[n] would be out of reach in a cluster.
                #expect(!script.contains("'hc:"))
            }
        }
    }

    /// A cluster refuses a script whose keys are in more than one slot.
    @Test func allKeysOfACallAreInOneSlot() async throws {
        let configuration = try await clusterNode()
        try await withLimiter(configuration) { limiter, redis in
            _ = try await RedisCLI(redis).run("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
            #expect(
                try await eventually { try await RedisCLI(redis).run("CLUSTER", "INFO").contains("cluster_state:ok") })
            try await limiter.setPlan(PlanChange(limit: 1), for: "acct:a@b", by: "t")
            let verdicts = try await limiter.activate(["x", "y"], in: "acct:a@b", by: .campaign("c")).map(\.verdict)
            #expect(verdicts == [.activated, .limitReached])
            #expect(try await limiter.usage(of: "acct:a@b").used == 1)
            #expect(try await limiter.isActivated("x", in: "acct:a@b"))
            #expect(try await limiter.accounts().map(\.account) == ["acct:a@b"])
        }
    }

    /// A cluster node wants a TCP port, and one more that is 10,000 higher: tried until both are free.
    private func clusterNode() async throws -> EmbeddedRedis.Configuration {
        var configuration = EmbeddedRedis.Configuration()
        for _ in 0..<10 {
            configuration.arguments = ["--cluster-enabled", "yes", "--port", "\(Int.random(in: 20_000...32_000))"]
            if let redis = try? await EmbeddedRedis.start(configuration: configuration) {
                redis.stop()
                break
            }
        }
        return configuration
    }

    /// The files themselves run with `redis-cli --eval`, as the operations guide says.
    @Test func opsCanRunTheFiles() async throws {
        try await withLimiter { limiter, redis in
            _ = try await limiter.activate("x", in: "a", by: .campaign("c"))
            let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../lua")
                .standardizedFileURL
            let members = "hc:{a}:\(try await limiter.usage(of: "a").period)"
            let outcome = try await ChildProcess.run([
                "redis-cli", "-s", redis.socketPath, "--eval", folder.appending(path: "usage.lua").path, members,
                members + ":held", members + ":refused", "hc:{a}:plan", ",", "||||", "0", "9007199254740991", "free",
                "100", "hard", "2026-11",
            ])
            #expect(outcome.output.split(separator: "\n") == ["1", "0", "0", "free", "100", "hard"])
        }
    }
}
