import EmbeddedRedis
import Foundation
import TestSupport
import Testing

/// R5 and R7: Redis's clock goes past the end of a month while workers, whose clocks are right, a day ahead and a day
/// behind, activate contacts one by one.
@Suite struct MonthEndTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let zone: String
        /// The first second of the new month.
        let midnight: String
        let old: String
        let new: String
        var startDay = 1

        var testDescription: String { "\(zone), \(old) to \(new)" }
    }

    @Test(arguments: [
        Case(zone: "UTC", midnight: "2026-12-01T00:00:00Z", old: "2026-11", new: "2026-12"),
        Case(zone: "UTC", midnight: "2028-03-01T00:00:00Z", old: "2028-02", new: "2028-03"),
        // October ends in winter time, an hour later than it began; March in summer time.
        Case(zone: "Europe/Paris", midnight: "2026-10-31T23:00:00Z", old: "2026-10", new: "2026-11"),
        Case(zone: "America/New_York", midnight: "2027-04-01T04:00:00Z", old: "2027-03", new: "2027-04"),
        Case(zone: "Asia/Tokyo", midnight: "2027-01-14T15:00:00Z", old: "2026-12-15", new: "2027-01-15", startDay: 15),
    ])
    func contactsLandInTheMonthOfRedissClock(_ month: Case) async throws {
        let midnight = Int(try Date(month.midnight, strategy: .iso8601).timeIntervalSince1970)
        let clock = try ShiftedClock.movable()
        try clock.set(to: midnight - 3_600)
        var configuration = EmbeddedRedis.Configuration()
        configuration.environment = clock.environment
        try await withProgram(configuration) { program, redis in
            let plan = try await program.run(
                "plan", "set", "acct", "--limit", "5000", "--zone", month.zone, "--start-day", "\(month.startDay)")
            #expect(plan.status == 0, "\(plan.errors)")
            // Counted in the old month, and asked for again in the new one.
            #expect(try await program.run("activate", "acct", "--by", "campaign:x", "regular").status == 0)

            let workers = try await start(program)
            try clock.set(to: midnight - 2)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, worker) in workers.enumerated() {
                    group.addTask { try await self.feed(worker, number, midnight: midnight, month: month, redis) }
                }
                try await group.waitForAll()
            }
            let again = try await program.run("activate", "acct", "--by", "campaign:x", "regular")
            #expect(again.output == "regular\tactivated\n")
            let usage = try #require(try await program.run("usage", "acct", "--json").objects.first)
            #expect(usage["period"] as? String == month.new)
            let counted = try await RedisCLI(redis).run("SCARD", "hc:{acct}:\(month.new)")
            #expect("\(usage["used"] ?? "")" == counted)
        }
    }

    /// Workers that have spoken to Redis already: two with the machine's clock, one a day ahead, one a day behind.
    private func start(_ program: HeadcountProgram) async throws -> [ChildProcess] {
        let workers = try [0, 0, 86_400, -86_400].map { skew in
            try program.start(
                ["activate", "acct", "--by", "campaign:x", "--from", "-"],
                environment: skew == 0 ? [:] : ShiftedClock.shifted(by: skew).environment)
        }
        for (number, worker) in workers.enumerated() {
            try worker.write("early-\(number)\n")
            #expect(try await eventually { worker.outputSoFar == "early-\(number)\tactivated\n" })
        }
        return workers
    }

    /// Feeds a worker a contact at a time, until some are through after midnight, and looks at Redis's clock before and
    /// after each.
    private func feed(
        _ worker: ChildProcess, _ number: Int, midnight: Int, month: Case, _ redis: EmbeddedRedis
    ) async throws {
        let cli = RedisCLI(redis)
        func time() async throws -> Int { Int(try await cli.run("TIME").split(separator: "\n")[0]) ?? 0 }
        var before = try await time()
        var contact = 0
        var afterMidnight = 0
        while afterMidnight < 5 {
            let name = "w\(number)-\(contact)"
            contact += 1
            try worker.write(name + "\n")
            try #require(try await eventually { worker.outputSoFar.contains("\(name)\tactivated\n") })
            let after = try await time()
            let inOld = try await cli.run("SISMEMBER", "hc:{acct}:\(month.old)", name) == "1"
            let inNew = try await cli.run("SISMEMBER", "hc:{acct}:\(month.new)", name) == "1"
            #expect(inOld != inNew, "\(name) must be in one month")
            if after < midnight { #expect(inOld, "\(name) was counted before midnight") }
            if before >= midnight { #expect(inNew, "\(name) was counted after midnight") }
            if before >= midnight { afterMidnight += 1 }
            before = after
        }
        worker.closeInput()
        #expect(try await worker.wait().status == 0)
    }
}
