import Foundation
import HeadcountTesting
import NIOCore
import TestSupport
import Testing

@testable import Headcount

@Suite struct MemberCacheTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private let period = BillingCalendar.utc.period(year: 2026, month: 11)

    private func decisions(_ verdicts: [Verdict]) -> [Decision] {
        verdicts.map {
            Decision(verdict: $0, period: period, standing: Standing(used: 1, held: 0, limit: 5, mode: .hard))
        }
    }

    @Test func remembersWhoWasAdmittedAndNobodyElse() {
        let time = LockedBox(start)
        let cache = MemberCache(LocalCache()) { time.value }
        cache.learn(
            ["new", "known", "refused"], decisions([.activated, .alreadyActivated, .limitReached]), of: "a",
            serverSeconds: period.start.epochSeconds, asked: start)
        #expect(cache.member("new", of: "a")?.verdict == .alreadyActivated)
        #expect(cache.member("known", of: "a")?.used == 1)
        #expect(cache.member("refused", of: "a") == nil)
        #expect(cache.member("new", of: "b") == nil)
    }

    @Test func answersNothingOnceThePeriodMayBeOver() {
        let time = LockedBox(start)
        let cache = MemberCache(LocalCache()) { time.value }
        // Ten seconds before the end by Redis's clock, which shows whole seconds.
        cache.learn(
            ["x"], decisions([.activated]), of: "a", serverSeconds: period.end.epochSeconds - 10, asked: start)
        time.value = start + .milliseconds(8_999)
        #expect(cache.member("x", of: "a") != nil)
        time.value = start + .seconds(9)
        #expect(cache.member("x", of: "a") == nil)
    }

    @Test func forgetsWithAge() {
        let time = LockedBox(start)
        let cache = MemberCache(LocalCache(maximumEntries: 1_000, maximumAge: .seconds(10))) { time.value }
        cache.learn(["x"], decisions([.activated]), of: "a", serverSeconds: period.start.epochSeconds, asked: start)
        time.value = start + .seconds(9)
        #expect(cache.member("x", of: "a") != nil)
        time.value = start + .seconds(10)
        #expect(cache.member("x", of: "a") == nil)
    }

    @Test func isBounded() {
        let cache = MemberCache(LocalCache(maximumEntries: 1_000))
        for number in 0..<20_000 {
            cache.learn(
                ["c\(number)"], decisions([.activated]), of: "a\(number % 7)",
                serverSeconds: period.start.epochSeconds, asked: .now())
            #expect(cache.count <= 1_000)
        }
        #expect(cache.member("c19999", of: "a\(19_999 % 7)") != nil)
    }

    /// Swift's strings take both for the same; Redis has two members.
    @Test func contactsOfOtherBytesAreOthers() async throws {
        let redis = try await EmbeddedRedis.start()
        defer { redis.stop() }
        var settings = LimiterConfiguration()
        settings.localCache = LocalCache()
        let limiter = try await Limiter.connect(to: redis.url, configuration: settings)
        #expect(try await limiter.activate("zo\u{EB}", in: "a", by: .campaign("c")).verdict == .activated)
        #expect(try await limiter.activate("zoe\u{308}", in: "a", by: .campaign("c")).verdict == .activated)
        #expect(try await limiter.activate("zoe\u{308}", in: "a", by: .campaign("c")).verdict == .alreadyActivated)
        #expect(try await limiter.usage(of: "a").used == 2)
        await limiter.close()
    }

    /// On a real Redis whose clock goes past the month's end.
    @Test func repeatsNeedNoRedisUntilTheMonthTurns() async throws {
        let clock = try ShiftedClock.movable()
        let midnight = 1_796_083_200
        try clock.set(to: midnight - 3_600)
        var configuration = EmbeddedRedis.Configuration()
        configuration.environment = clock.environment
        let redis = try await EmbeddedRedis.start(configuration: configuration)
        defer { redis.stop() }
        var settings = LimiterConfiguration()
        settings.localCache = LocalCache()
        let limiter = try await Limiter.connect(to: redis.url, configuration: settings)
        func calls() async throws -> Int {
            let stats = try await RedisCLI(redis).run("INFO", "commandstats")
            return stats.firstMatch(of: /cmdstat_evalsha:calls=(\d+)/).flatMap { Int($0.1) } ?? 0
        }
        #expect(try await limiter.activate("x", in: "a", by: .campaign("c")).verdict == .activated)
        let before = try await calls()
        for _ in 0..<100 {
            #expect(try await limiter.activate("x", in: "a", by: .campaign("c")).verdict == .alreadyActivated)
        }
        #expect(try await calls() == before)
        // Another contact tells this process what time it is; from then on nothing is answered from memory.
        try clock.set(to: midnight - 1)
        _ = try await limiter.activate("y", in: "a", by: .campaign("c"))
        #expect(
            try await eventually { try await limiter.activate("x", in: "a", by: .campaign("c")).verdict == .activated })
        #expect(try await limiter.usage(of: "a").period.description == "2026-12")
        await limiter.close()
    }
}
