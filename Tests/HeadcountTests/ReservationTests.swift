import Foundation
import Headcount
import HeadcountTesting
import TestSupport
import Testing

/// R11 on a real redis-server. All interleavings are in ``ModelTests``; these are the promises one by one.
@Suite struct ReservationTests {
    private let campaign = Action.campaign("spring")

    @Test func heldSlotsCountAgainstTheLimitUntilTheyAreReleased() async throws {
        try await withLimiter { limiter, _ in
            try await limiter.setPlan(PlanChange(limit: 2), for: "a", by: "t")
            let made = try await limiter.reserve(["ann", "bob", "eve"], in: "a", by: campaign)
            #expect(made.map(\.verdict) == [.reserved, .reserved, .limitReached])
            #expect(made.map(\.held) == [1, 2, 2] && made.map(\.remaining) == [1, 0, 0])
            let usage = try await limiter.usage(of: "a")
            #expect(usage.used == 0 && usage.held == 2 && usage.remaining == 0)
            #expect(try await limiter.activate("eve", in: "a", by: campaign).verdict == .limitReached)
            #expect(try await limiter.release(try #require(made[0].token), in: "a") == .released)
            #expect(try await limiter.activate("eve", in: "a", by: campaign).verdict == .activated)
            #expect(try await limiter.confirm(try #require(made[1].token), in: "a") == .activated)
            #expect(try await limiter.usage(of: "a").used == 2)
            #expect(try await limiter.isActivated(["ann", "bob", "eve"], in: "a", period: nil) == [false, true, true])
        }
    }

    @Test func oneOfTwoHoldersReleasesAndTheOtherConfirms() async throws {
        try await withLimiter { limiter, _ in
            try await limiter.setPlan(PlanChange(limit: 1), for: "a", by: "t")
            let one = try await limiter.reserve("ann", in: "a", by: campaign)
            let two = try await limiter.reserve("ann", in: "a", by: .scenario("welcome"))
            #expect(one.verdict == .reserved && two.verdict == .reserved && two.held == 1)
            #expect(try await limiter.release(try #require(one.token), in: "a") == .released)
            // The other one still holds the slot.
            #expect(try await limiter.activate("bob", in: "a", by: campaign).verdict == .limitReached)
            #expect(try await limiter.confirm(try #require(two.token), in: "a") == .activated)
            #expect(try await limiter.usage(of: "a").used == 1)
        }
    }

    @Test func releaseUndoesNothingThatAnotherConfirmedOrActivated() async throws {
        try await withLimiter { limiter, _ in
            try await limiter.setPlan(PlanChange(limit: 2), for: "a", by: "t")
            let one = try #require(try await limiter.reserve("ann", in: "a", by: campaign).token)
            let two = try #require(try await limiter.reserve("ann", in: "a", by: campaign).token)
            let bob = try #require(try await limiter.reserve("bob", in: "a", by: campaign).token)
            #expect(try await limiter.confirm(two, in: "a") == .activated)
            #expect(try await limiter.release(one, in: "a") == .alreadyActivated)
            // At the limit: the slot that is held for bob is bob's.
            #expect(try await limiter.activate("bob", in: "a", by: campaign).verdict == .activated)
            #expect(try await limiter.release(bob, in: "a") == .alreadyActivated)
            let usage = try await limiter.usage(of: "a")
            #expect(usage.used == 2 && usage.held == 0)
        }
    }

    @Test func leaseThatRunsOutFreesTheSlotAndLateConfirmationStillCounts() async throws {
        try await withLimiter { limiter, _ in
            try await limiter.setPlan(PlanChange(limit: 1), for: "a", by: "t")
            let late = try await limiter.reserve("ann", in: "a", by: campaign, lease: .milliseconds(100))
            #expect(
                try await eventually { try await limiter.activate("bob", in: "a", by: campaign).verdict == .activated })
            #expect(try await limiter.confirm(try #require(late.token), in: "a") == .activated)
            let usage = try await limiter.usage(of: "a")
            #expect(usage.used == 2 && usage.overLimit && usage.held == 0)
        }
    }

    @Test func aLeaseThatEndedCountsNotAgainWhenTheClockIsSetBack() async throws {
        let clock = try ShiftedClock.movable()
        try clock.set(to: 1_795_000_000)
        var configuration = EmbeddedRedis.Configuration()
        configuration.environment = clock.environment
        try await withLimiter(configuration) { limiter, _ in
            _ = try await limiter.reserve("ann", in: "a", by: campaign, lease: .seconds(60))
            try clock.set(to: 1_795_000_000 + 90)
            #expect(try await limiter.activate("ann", in: "a", by: campaign).verdict == .activated)
            try clock.set(to: 1_795_000_000)
            let usage = try await limiter.usage(of: "a")
            #expect(usage.used == 1 && usage.held == 0)
        }
    }

    @Test func staleAndRepeatedSettlementsAreHarmless() async throws {
        try await withLimiter { limiter, _ in
            let token = try #require(try await limiter.reserve("ann", in: "a", by: campaign).token)
            let other = try #require(try await limiter.reserve("bob", in: "a", by: campaign).token)
            #expect(try await limiter.confirm([token, token], in: "a") == [.activated, .alreadyActivated])
            #expect(try await limiter.release(token, in: "a") == .alreadyActivated)
            #expect(try await limiter.release([other, other], in: "a") == [.released, .notHeld])
            #expect(try await limiter.confirm(other, in: "a") == .notHeld)
            // A stale token says nothing about the next holder of the same contact.
            let next = try #require(try await limiter.reserve("bob", in: "a", by: campaign).token)
            #expect(try await limiter.release(other, in: "a") == .notHeld)
            #expect(try await limiter.usage(of: "a").held == 1)
            #expect(try await limiter.confirm(next, in: "a") == .activated)
            #expect(try await limiter.usage(of: "a").used == 2)
        }
    }

    @Test func confirmedAfterTheMonthsEndCountsInTheMonthOfTheReservation() async throws {
        let clock = try ShiftedClock.movable()
        try clock.set(to: 1_796_083_200 - 60)  // 2026-11-30T23:59:00Z
        var configuration = EmbeddedRedis.Configuration()
        configuration.environment = clock.environment
        try await withLimiter(configuration) { limiter, redis in
            let token = try #require(try await limiter.reserve("ann", in: "a", by: campaign).token)
            try clock.set(to: 1_796_083_200 + 3_600)
            #expect(try await limiter.confirm(token, in: "a") == .activated)
            #expect(try await limiter.usage(of: "a").used == 0)
            #expect(try await limiter.usage(of: "a", period: "2026-11").used == 1)
            #expect(try await RedisCLI(redis).run("HGETALL", "hc:{a}:2026-11:stats") == "30:campaign:activated\n1")
            #expect(try await limiter.activate("ann", in: "a", by: campaign).verdict == .activated)
        }
    }

    @Test func tokensAreTextThatCanBeReadBack() async throws {
        try await withLimiter { limiter, _ in
            let contact = "ünï/😀 +?" + String(repeating: "x", count: 200)
            let token = try #require(try await limiter.reserve(contact, in: "a", by: campaign).token)
            #expect(token.description.wholeMatch(of: /[A-Za-z0-9._-]+/) != nil)
            #expect(try ReservationToken(token.description) == token)
        }
        for text in [
            "", "x", "2026-11.abc.YQ", "2026-11.0123456789abcdef.", "2026-11.0123456789abcdef.YR",
            "2026-13.0123456789abcdef.YQ", "2026-11-01.0123456789abcdef.YQ",
        ] {
            #expect(throws: HeadcountError.self, "\(text)") { try ReservationToken(text) }
        }
    }

    @Test func badLeasesAreNamed() async throws {
        try await withLimiter { limiter, _ in
            for lease in [Duration.zero, .milliseconds(99), .seconds(86_401), .seconds(-1)] {
                await #expect(throws: HeadcountError.self) {
                    try await limiter.reserve("ann", in: "a", by: campaign, lease: lease)
                }
            }
        }
    }

    @Test func actionsThatCostNothingReserveNothing() async throws {
        try await withLimiter { limiter, redis in
            let made = try await limiter.reserve("ann", in: "a", by: .segment("vip"))
            #expect(made.verdict == .notCounted && made.token == nil)
            #expect(try await RedisCLI(redis).run("DBSIZE") == "0")
        }
    }

    @Test func withReservationConfirmsReleasesAndRefuses() async throws {
        struct Failed: Error {}
        try await withLimiter { limiter, _ in
            try await limiter.setPlan(PlanChange(limit: 1), for: "a", by: "t")
            await #expect(throws: Failed.self) {
                try await limiter.withReservation(for: "ann", in: "a", by: campaign) { throw Failed() }
            }
            #expect(try await limiter.usage(of: "a").held == 0)
            // Longer than its lease: it is renewed.
            let outcome = try await limiter.withReservation(
                for: "ann", in: "a", by: campaign, lease: .milliseconds(200)
            ) {
                try await Task.sleep(for: .milliseconds(600))
                #expect(try await limiter.activate("bob", in: "a", by: campaign).verdict == .limitReached)
                return 7
            }
            guard case .done(7, .activated) = outcome else { Issue.record("\(outcome)"); return }
            guard case .limitReached = try await limiter.withReservation(for: "eve", in: "a", by: campaign, { 8 })
            else {
                Issue.record("eve was let in")
                return
            }
            guard
                case .done(9, .alreadyActivated) = try await limiter.withReservation(
                    for: "ann", in: "a", by: campaign, { 9 })
            else {
                Issue.record("ann is a member")
                return
            }
        }
    }

    /// What many callers hold at once is exactly the limit, and is shared calls.
    @Test func concurrentReservationsHoldExactlyTheLimit() async throws {
        try await withLimiter { limiter, redis in
            try await limiter.setPlan(PlanChange(limit: 300), for: "a", by: "t")
            let made = try await withThrowingTaskGroup(of: Reservation.self) { group in
                for number in 0..<1_000 {
                    group.addTask { try await limiter.reserve("c\(number % 700)", in: "a", by: campaign) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let tokens = made.compactMap(\.token)
            #expect(Set(tokens.map(\.contact)).count == 300)
            #expect(try await limiter.usage(of: "a").held == 300)
            let settled = try await withThrowingTaskGroup(of: Settlement.self) { group in
                for token in tokens { group.addTask { try await limiter.confirm(token, in: "a") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(settled.count { $0 == .activated } == 300)
            let usage = try await limiter.usage(of: "a")
            #expect(usage.used == 300 && usage.held == 0)
            let stats = try await RedisCLI(redis).run("INFO", "commandstats")
            let calls = stats.firstMatch(of: /cmdstat_evalsha:calls=(\d+)/).flatMap { Int($0.1) } ?? .max
            #expect(calls < 300)
        }
    }
}
