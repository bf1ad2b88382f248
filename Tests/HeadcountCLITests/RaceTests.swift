import EmbeddedRedis
import Foundation
import TestSupport
import Testing

/// R1: real processes racing for the same contacts on one Redis.
@Suite(.serialized) struct RaceTests {
    private static let processes = 16
    private static let limit = 1_000

    /// Each process's contacts: 2,000 of the same 4,000, in an order of its own.
    private func audiences() -> [String] {
        let people = (0..<4_000).map { "1784140000000\($0)" }
        return (0..<Self.processes).map { _ in people.shuffled().prefix(2_000).joined(separator: "\n") }
    }

    /// Runs the race and checks what must hold in any case. Returns how often each contact was `activated`.
    ///
    /// - Parameter vandal: what goes on until all processes are through.
    private func race(
        _ account: String, batch: Int, program: HeadcountProgram, redis: EmbeddedRedis,
        vandal: Task<Void, any Error>? = nil
    ) async throws -> [String: Int] {
        let set = try await program.run("plan", "set", account, "--limit", "\(Self.limit)")
        #expect(set.status == 0)
        let outcomes = try await withThrowingTaskGroup(of: ChildProcess.Outcome.self) { group in
            for audience in audiences() {
                group.addTask {
                    try await program.run(
                        "activate", account, "--by", "campaign:race", "--from", "-", "--batch", "\(batch)",
                        input: audience,
                        within: .seconds(200))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        vandal?.cancel()
        _ = await vandal?.result
        var activated: [String: Int] = [:]
        for outcome in outcomes {
            #expect(outcome.status == 3, "\(outcome.errors)")
            #expect(outcome.lines.count == 2_000)
            for (contact, verdict) in outcome.verdicts where verdict == "activated" {
                activated[contact, default: 0] += 1
            }
        }
        #expect(activated.values.allSatisfy { $0 == 1 })
        let members = try await RedisCLI(redis).run("SMEMBERS", membersKey(account)).split(separator: "\n").map(
            String.init)
        #expect(members.count == Self.limit)
        #expect(Set(activated.keys).isSubset(of: members))
        // Who was refused anywhere is no member: the limit never had room again.
        for outcome in outcomes {
            let refused = outcome.verdicts.filter { $0.verdict == "limit_reached" }.map(\.contact)
            #expect(Set(refused).isDisjoint(with: members))
        }
        return activated
    }

    @Test func exactlyTheLimitIsAdmittedTwentyTimesOver() async throws {
        try await withProgram { program, redis in
            for round in 0..<20 {
                let batch = [1, 7, 64, 512][round % 4]
                let activated = try await race("acct_\(round)", batch: batch, program: program, redis: redis)
                #expect(activated.count == Self.limit, "round \(round), batches of \(batch)")
            }
        }
    }

    /// Scripts are forgotten and connections cut all the time: no call fails, and nobody is counted twice. A reply may
    /// be lost on the wire, and then nobody hears `activated`.
    @Test func exactWhileScriptsAndConnectionsVanish() async throws {
        try await withProgram { program, redis in
            let cli = RedisCLI(redis)
            for round in 0..<3 {
                let vandal = Task {
                    while !Task.isCancelled {
                        _ = try await cli.run("SCRIPT", "FLUSH")
                        _ = try await cli.run("CLIENT", "KILL", "TYPE", "normal")
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
                let activated = try await race(
                    "vandal_\(round)", batch: 2, program: program, redis: redis, vandal: vandal)
                #expect(activated.count <= Self.limit)
            }
            let stats = try await cli.run("INFO", "commandstats")
            // The fall-back was really needed, again and again.
            let fallbacks = stats.firstMatch(of: /cmdstat_eval:calls=(\d+)/).flatMap { Int($0.1) } ?? 0
            #expect(fallbacks > 20)
        }
    }

    /// R8: the running process is told nothing; the next call knows.
    @Test func upgradeHoldsForAProcessThatIsAlreadyRunning() async throws {
        try await withProgram { program, redis in
            let worker = try program.start(["activate", "acct", "--by", "campaign:x", "--from", "-"])
            try worker.write((0..<105).map { "c\($0)\n" }.joined())
            #expect(try await eventually { worker.outputSoFar.split(separator: "\n").count == 105 })
            #expect(worker.outputSoFar.hasSuffix("c104\tlimit_reached\n"))
            #expect(try await program.run("plan", "set", "acct", "--plan", "pro").status == 0)
            try worker.write("c104\n")
            #expect(try await eventually { worker.outputSoFar.hasSuffix("c104\tactivated\n") })
            worker.closeInput()
            #expect(try await worker.wait().status == 3)
            #expect(try await RedisCLI(redis).run("SCARD", membersKey("acct")) == "101")
        }
    }
}
