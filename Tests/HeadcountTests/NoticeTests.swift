import Foundation
import Headcount
import HeadcountTesting
import TestSupport
import Testing

/// R13: what the scripts put into the outbox.
@Suite struct NoticeTests {
    private let campaign = Action.campaign("spring")

    private func events(_ limiter: Limiter, _ account: String = "a") async throws -> [String] {
        try await limiter.notices.list(of: account).reversed().map { notice in
            [notice.event.rawValue, notice.fields["threshold"], notice.fields["limit"], notice.fields["used"]]
                .compactMap { $0 }.joined(separator: " ")
        }
    }

    @Test func eachThresholdIsToldOnceForAPeriodAndLimit() async throws {
        try await withLimiter { limiter, _ in
            try await limiter.setPlan(PlanChange(limit: 10), for: "a", by: "t")
            for number in 0..<12 { _ = try await limiter.activate("c\(number)", in: "a", by: campaign) }
            var told = ["limit.changed 10 0", "threshold.reached 80 10 8", "limit.reached 100 10 10"]
            #expect(try await events(limiter) == told)
            // Another limit, above the count, and then below it: told for that one.
            try await limiter.setPlan(PlanChange(limit: 20), for: "a", by: "t")
            try await limiter.setPlan(PlanChange(limit: 12), for: "a", by: "t")
            told += ["limit.changed 20 10", "limit.changed 12 10", "threshold.reached 80 12 10"]
            #expect(try await events(limiter) == told)
            // Back to the first one: told already.
            try await limiter.setPlan(PlanChange(limit: 10), for: "a", by: "t")
            told += ["limit.changed 10 10"]
            #expect(try await events(limiter) == told)
            try await limiter.setPlan(PlanChange(mode: .soft), for: "a", by: "t")
            _ = try await limiter.activate(["x", "y", "z"], in: "a", by: campaign)
            told += ["limit.changed 10 10"]
            #expect(try await events(limiter) == told)
        }
    }

    @Test func batchesAndConfirmationsCrossAsWell() async throws {
        try await withLimiter { limiter, _ in
            _ = try await limiter.activate((0..<79).map { "c\($0)" }, in: "a", by: campaign)
            #expect(try await events(limiter) == [])
            let made = try await limiter.reserve((0..<30).map { "d\($0)" }, in: "a", by: campaign)
            // Held is not counted.
            #expect(try await events(limiter) == [])
            try await limiter.confirm(made.compactMap(\.token), in: "a")
            #expect(try await events(limiter) == ["threshold.reached 80 100 100", "limit.reached 100 100 100"])
            _ = try await limiter.activate((0..<200).map { "e\($0)" }, in: "b", by: campaign)
            #expect(try await events(limiter, "b") == ["threshold.reached 80 100 100", "limit.reached 100 100 100"])
        }
    }

    @Test func thresholdsOfAnAccountAreItsOwn() async throws {
        try await withLimiter { limiter, _ in
            try await limiter.notices.set(NoticeSettings(thresholds: [50], url: "https://example.com/hook"), for: "a")
            #expect(try await limiter.notices.settings(of: "a").thresholds == [50])
            _ = try await limiter.activate((0..<200).map { "c\($0)" }, in: "a", by: campaign)
            #expect(try await events(limiter) == ["threshold.reached 50 100 100"])
            try await limiter.notices.set(NoticeSettings(thresholds: []), for: "none")
            _ = try await limiter.activate((0..<200).map { "c\($0)" }, in: "none", by: campaign)
            #expect(try await events(limiter, "none") == [])
            #expect(try await limiter.plan(of: "a").version == 0)
            for thresholds in [[0], [101], [80, 80], Array(1...11)] {
                let error = await #expect(throws: HeadcountError.self) {
                    try await limiter.notices.set(NoticeSettings(thresholds: thresholds), for: "a")
                }
                #expect(error?.code == .invalidNotices)
            }
            for url in ["example.com", "ftp://example.com", "http://", "javascript:alert(1)"] {
                await #expect(throws: HeadcountError.self) {
                    try await limiter.notices.set(NoticeSettings(url: url), for: "a")
                }
            }
        }
    }

    @Test func newPeriodIsToldOnceToThoseWhoWereActive() async throws {
        let clock = try ShiftedClock.movable()
        try clock.set(to: 1_795_176_000)
        var configuration = EmbeddedRedis.Configuration()
        configuration.environment = clock.environment
        try await withLimiter(configuration) { limiter, redis in
            _ = try await limiter.activate("ann", in: "a", by: campaign)
            let queue = NoticeQueue(limiter: limiter)
            try await queue.sweep()
            #expect(try await events(limiter) == [])
            try clock.set(to: 1_796_083_200 + 60)
            try await queue.sweep()
            try await queue.sweep()
            _ = try await limiter.activate("ann", in: "a", by: campaign)
            try await queue.sweep()
            let notices = try await limiter.notices.list(of: "a")
            #expect(notices.map(\.event) == [.periodStarted] && notices[0].fields["period"] == "2026-12")
            #expect(try await RedisCLI(redis).run("ZRANGE", "hc:due:notices", "0", "-1") == "a")
            // What is kept of the month is not disturbed by it.
            #expect(try await limiter.history(of: "a").map(\.used) == [1, 1])
        }
    }

    /// A process that ends right after the call that crossed: the account is found by a sweep.
    @Test func sweepFindsWhatNobodyWasToldOf() async throws {
        try await withLimiter { limiter, redis in
            _ = try await limiter.activate((0..<100).map { "c\($0)" }, in: "a", by: campaign)
            _ = try await RedisCLI(redis).run("DEL", "hc:due:notices")
            try await NoticeQueue(limiter: limiter).sweep()
            #expect(try await RedisCLI(redis).run("ZRANGE", "hc:due:notices", "0", "-1") == "a")
        }
    }

    @Test func pastNoticesAreSentAgainUnderTheirFirstName() async throws {
        try await withLimiter { limiter, _ in
            _ = try await limiter.activate((0..<80).map { "c\($0)" }, in: "a", by: campaign)
            let queue = NoticeQueue(limiter: limiter)
            let waiting = try #require(try await queue.waiting(of: "a").first)
            try await queue.record(.retry(.seconds(60), "status 500"), of: waiting, attempts: 1)
            let tried = try #require(try await limiter.notices.list(of: "a").first)
            #expect(tried.status == .pending && tried.attempts == 1 && tried.detail == "status 500" && tried.due != nil)
            await #expect(throws: HeadcountError.self) { try await limiter.notices.resend(tried.id, of: "a") }
            try await queue.record(.failed("given up"), of: waiting, attempts: 2)
            #expect(try await limiter.notices.list(of: "a").map(\.status) == [.failed])
            try await limiter.notices.resend(tried.id, of: "a")
            let again = try #require(try await queue.waiting(of: "a").first)
            #expect(again.notice.id == tried.id && again.entry != tried.id && again.notice.fields["threshold"] == "80")
            try await queue.record(.delivered("status 200"), of: again, attempts: 1)
            #expect(
                try await limiter.notices.list(of: "a").map(\.status).sorted { $0.rawValue < $1.rawValue } == [
                    .delivered, .failed,
                ])
            await #expect(throws: HeadcountError.self) { try await limiter.notices.resend("1-0", of: "a") }
        }
    }
}
