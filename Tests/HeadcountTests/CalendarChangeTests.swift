import Foundation
import Headcount
import HeadcountTesting
import TestSupport
import Testing

/// R7 and R8 where changes of calendar and plan meet, on a Redis whose clock is moved past the month's end.
@Suite struct CalendarChangeTests {
    private static let november = 1_795_176_000  // 2026-11-20T12:00:00Z
    private static let december = 1_796_083_200  // 2026-12-01T00:00:00Z
    private let campaign = Action.campaign("x")

    private func withClock(_ body: (Limiter, ShiftedClock) async throws -> Void) async throws {
        let clock = try ShiftedClock.movable()
        try clock.set(to: Self.november)
        var configuration = EmbeddedRedis.Configuration()
        configuration.environment = clock.environment
        try await withLimiter(configuration) { limiter, _ in try await body(limiter, clock) }
    }

    @Test func changingAChangeThatWaitsGivesNoExtraMonth() async throws {
        try await withClock { limiter, clock in
            try await limiter.setPlan(PlanChange(limit: 2), for: "a", by: "t")
            _ = try await limiter.activate(["x", "y"], in: "a", by: campaign)
            try await limiter.setPlan(PlanChange(zone: "America/Los_Angeles"), for: "a", by: "t")
            let plan = try await limiter.setPlan(PlanChange(startDay: 15), for: "a", by: "t")
            #expect(plan.pendingCalendar?.from.epochSeconds == Self.december)
            #expect(try await limiter.usage(of: "a").resetsAt.epochSeconds == Self.december)
            try clock.set(to: Self.december + 60)
            let decisions = try await limiter.activate(["x", "y", "z"], in: "a", by: campaign)
            #expect(decisions.map(\.verdict) == [.activated, .activated, .limitReached])
            #expect(decisions[0].period.description == "2026-11-15")
            try clock.set(to: Self.december + 9 * 3_600)
            let later = try await limiter.activate("z", in: "a", by: campaign)
            #expect(later.verdict == .limitReached && later.period.description == "2026-11-15")
        }
    }

    @Test func downgradeAtPeriodEndWaitsForTheEndThatItGets() async throws {
        try await withClock { limiter, clock in
            try await limiter.setPlan(PlanChange(plan: "pro"), for: "a", by: "t")
            _ = try await limiter.activate("x", in: "a", by: campaign)
            try await limiter.setPlan(PlanChange(plan: "free", effect: .atPeriodEnd), for: "a", by: "t")
            let plan = try await limiter.setPlan(PlanChange(zone: "America/Los_Angeles"), for: "a", by: "t")
            #expect(plan.pendingPlan?.from.epochSeconds == Self.december + 8 * 3_600)
            try clock.set(to: Self.december + 1_800)
            let still = try await limiter.activate("y", in: "a", by: campaign)
            #expect(still.period.description == "2026-11" && still.limit == 1_000 && still.used == 2)
            try clock.set(to: Self.december + 8 * 3_600)
            let then = try await limiter.activate("y", in: "a", by: campaign)
            #expect(then.period.description == "2026-12" && then.limit == 100 && then.used == 1)
            #expect(try await limiter.plan(of: "a").plan == "free")
        }
    }

    @Test func usageOfAPastMonthOutlivesItsMembers() async throws {
        try await withClock { limiter, clock in
            _ = try await limiter.activate(["x", "y"], in: "a", by: campaign)
            try clock.set(to: Self.december + 60 * 86_400)
            #expect(try await limiter.usage(of: "a").used == 0)
            let past = try await limiter.usage(of: "a", period: "2026-11")
            #expect(past.used == 2 && past.period.description == "2026-11")
            #expect(try await limiter.history(of: "a").map(\.used) == [0, 2])
        }
    }

    /// Waiting out a busy server must not use up the patience for a changed calendar.
    @Test func busyServerAndChangedCalendarAreBothMended() async throws {
        var configuration = EmbeddedRedis.Configuration()
        configuration.arguments = ["--lua-time-limit", "10"]
        try await withLimiter(configuration) { limiter, redis in
            _ = try await limiter.usage(of: "a")
            let other = try await Limiter.connect(to: redis.url)
            try await other.setPlan(PlanChange(zone: "Europe/Paris"), for: "a", by: "t")
            let busy = try ChildProcess([
                "redis-cli", "-s", redis.socketPath, "EVAL", "for i = 1, 3e8 do end", "0",
            ])
            #expect(
                try await eventually { try await RedisCLI(redis).run("PING").hasPrefix("BUSY") })
            #expect(try await limiter.activate("x", in: "a", by: campaign).verdict == .activated)
            _ = try await busy.wait()
            await other.close()
        }
    }
}
