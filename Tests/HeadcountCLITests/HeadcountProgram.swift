import EmbeddedRedis
import Foundation
import TestSupport

/// The built `headcount`, run as a process against a Redis.
struct HeadcountProgram {
    let url: String

    init(_ redis: EmbeddedRedis) {
        url = redis.url
    }

    init(url: String) {
        self.url = url
    }

    private var environment: [String: String] { ["HEADCOUNT_REDIS_URL": url] }

    func run(
        _ arguments: String..., input: String = "", environment: [String: String] = [:],
        within limit: Duration = .seconds(120)
    ) async throws -> ChildProcess.Outcome {
        try await ChildProcess.run(
            [Products.headcount] + arguments, environment: self.environment.merging(environment) { $1 },
            input: Data(input.utf8), within: limit)
    }

    /// Starts it with its standard input left open.
    func start(_ arguments: [String], environment: [String: String] = [:]) throws -> ChildProcess {
        try ChildProcess(
            [Products.headcount] + arguments, environment: self.environment.merging(environment) { $1 }, input: nil)
    }
}

/// A redis-server for one test, and the program that talks to it.
func withProgram(
    _ configuration: EmbeddedRedis.Configuration = .init(),
    _ body: (HeadcountProgram, EmbeddedRedis) async throws -> Void
) async throws {
    let redis = try await EmbeddedRedis.start(configuration: configuration)
    defer { redis.stop() }
    try await body(HeadcountProgram(redis), redis)
}

extension ChildProcess.Outcome {
    /// The objects of `--json`, one a line.
    var objects: [[String: Any]] {
        get throws {
            try lines.map { line in
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            }
        }
    }

    /// Contact and verdict of each line.
    var verdicts: [(contact: String, verdict: String)] {
        lines.map { line in
            let parts = line.split(separator: "\t", maxSplits: 1)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
    }
}

/// The key of an account's members in the current month of UTC, which is what a new account has.
func membersKey(_ account: String) -> String {
    "hc:{\(account)}:\(Date().formatted(.iso8601.year().month()))"
}
