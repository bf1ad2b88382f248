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

            try clock.set(to: midnight - 2)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (worker, skew) in [0, 0, 86_400, -86_400].enumerated() {
                    group.addTask {
                        try await self.work(worker, skew: skew, midnight: midnight, month: month, program, redis)
                    }
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

    /// Feeds one worker a contact at a time, and looks at Redis's clock before and after each.
    private func work(
        _ number: Int, skew: Int, midnight: Int, month: Case, _ program: HeadcountProgram, _ redis: EmbeddedRedis
    ) async throws {
        let environment = skew == 0 ? [:] : try ShiftedClock.shifted(by: skew).environment
        let worker = try program.start(
            ["activate", "acct", "--by", "campaign:x", "--from", "-"], environment: environment)
        let cli = RedisCLI(redis)
        func time() async throws -> Int { Int(try await cli.run("TIME").split(separator: "\n")[0]) ?? 0 }
        var before = try await time()
        var sides: Set<Bool> = []
        var contact = 0
        while before < midnight + 2 {
            let name = "w\(number)-\(contact)"
            contact += 1
            try worker.write(name + "\n")
            #expect(try await eventually { worker.outputSoFar.contains("\(name)\tactivated\n") })
            let after = try await time()
            let inOld = try await cli.run("SISMEMBER", "hc:{acct}:\(month.old)", name) == "1"
            let inNew = try await cli.run("SISMEMBER", "hc:{acct}:\(month.new)", name) == "1"
            #expect(inOld != inNew, "\(name) must be in one month")
            if after < midnight { #expect(inOld, "\(name) was counted before midnight") }
            if before >= midnight { #expect(inNew, "\(name) was counted after midnight") }
            sides.insert(inOld)
            before = after
        }
        worker.closeInput()
        #expect(try await worker.wait().status == 0)
        // A slow machine may start a worker after midnight; the others still show both sides.
        #expect(sides.contains(false))
    }
}
