import EmbeddedRedis
import Foundation
import HeadcountTesting
import TestSupport
import Testing

@testable import Headcount

/// Journals are replayed into a real redis-server: idempotent, into the right period, whatever the limit is.
@Suite struct JournalReplayTests {
    private let campaign = Action.campaign("x")

    private func stats(_ redis: EmbeddedRedis, _ key: String) async throws -> [String] {
        try await RedisCLI(redis).run("HGETALL", key).split(separator: "\n").map(String.init)
    }

    /// Replayed, newly counted, counted before, over the limit, used.
    private func numbers(_ row: JournalReport.Account) -> String {
        "\(row.replayed) \(row.newlyCounted) \(row.alreadyCounted) \(row.overLimit) \(row.used)"
    }

    @Test func twiceCountsOnceAndTellsWhoIsOverTheLimit() async throws {
        try await withLimiter { limiter, redis in
            try await limiter.setPlan(PlanChange(limit: 3), for: "a", by: "t")
            _ = try await limiter.activate(["ann", "bob"], in: "a", by: campaign)
            let journal = try TemporaryJournal(["ann", "eve", "fay", "eve", "guy"].map { JournalEntry($0) })

            let dry = try await limiter.replayJournal(at: journal.path, isDryRun: true)
            #expect(try await limiter.usage(of: "a").used == 2)
            #expect(try journal.files == ["test.journal"])

            let first = try await limiter.replayJournal(at: journal.path)
            let row = try #require(first.accounts.first)
            #expect(dry.accounts == first.accounts)
            #expect(numbers(row) == "5 3 2 2 5")
            #expect(try journal.files == ["test.journal.replayed"])
            let usage = try await limiter.usage(of: "a")
            #expect(usage.used == 5 && usage.overLimit)
            let members = "hc:{a}:\(usage.period)"
            let counted = try await stats(redis, members + ":stats")

            let second = try await limiter.replayJournal(at: journal.path + ".replayed")
            let again = try #require(second.accounts.first)
            #expect(numbers(again) == "5 0 5 0 5")
            #expect(try await stats(redis, members + ":stats") == counted)
            let day = try #require(counted.firstIndex { $0.hasSuffix(":campaign:activated") })
            #expect(counted[day + 1] == "5")
            for key in [members, members + ":stats"] { #expect(try await RedisCLI(redis).run("TTL", key) != "-1") }
            // One notice for each threshold that was crossed, in one or the other way.
            let notices = try await limiter.notices.list(of: "a").compactMap { $0.fields["threshold"] }
            #expect(notices.sorted() == ["100", "80"])
            #expect(try await limiter.accounts().map(\.account) == ["a"])
        }
    }

    @Test func eachContactCountsInThePeriodInWhichItWasAdmitted() async throws {
        let clock = try ShiftedClock.movable()
        var configuration = EmbeddedRedis.Configuration()
        configuration.environment = clock.environment
        // 5 December 2026, 12:00 UTC.
        let now = 1_796_472_000
        try clock.set(to: now)
        func ago(_ days: Double) -> Date { Date(timeIntervalSince1970: Double(now) - days * 86_400) }
        try await withLimiter(configuration) { limiter, redis in
            try await limiter.setPlan(PlanChange(limit: 1), for: "a", by: "t")
            try await limiter.setPlan(PlanChange(zone: "Asia/Tokyo"), for: "tokyo", by: "t")
            try await limiter.setPlan(PlanChange(startDay: 15), for: "fifteen", by: "t")
            let journal = try TemporaryJournal([
                JournalEntry("november", at: ago(10)), JournalEntry("december", at: ago(1)),
                JournalEntry("september", at: ago(80)),
                // 30 November, 20:00 UTC, which is December in Tokyo.
                JournalEntry("ann", in: "tokyo", at: ago(4.667)),
                JournalEntry("bob", in: "fifteen", at: ago(1)),
            ])
            let report = try await limiter.replayJournal(at: journal.directory)
            #expect(
                report.accounts.map { "\($0.account) \($0.period) \($0.newlyCounted) \($0.overLimit)" } == [
                    "a 2026-11 1 0", "a 2026-12 1 0", "fifteen 2026-11-15 1 0", "tokyo 2026-12 1 0",
                ])
            #expect(report.problems.map(\.line) == [3] && report.problems[0].reason == .periodGone)
            #expect(try await limiter.isActivated(["november"], in: "a", period: "2026-11") == [true])
            // Nothing can be done about what is gone: the journal is done with.
            #expect(try journal.files == ["test.journal.replayed"])
            #expect(try await stats(redis, "hc:{a}:2026-11:stats").contains("25:campaign:activated"))
        }
    }

    @Test func halfALineAtTheEndIsToleratedAndABadLineIsNot() async throws {
        try await withLimiter { limiter, _ in
            let torn = try TemporaryJournal([JournalEntry("ann")], more: #"{"account":"a","action":"campa"#)
            let report = try await limiter.replayJournal(at: torn.path)
            #expect(report.files.first?.isTorn == true && report.problems.isEmpty)
            #expect(try torn.files == ["test.journal.replayed"])

            let bad = try TemporaryJournal(
                [JournalEntry("bob")],
                more: "nonsense\n{\"v\":2}\n" + #"{"v":1,"account":"a b","action":"campaign:x","#
                    + #""contact":"c","period":"2026-11","time":"2026-11-28T08:00:00.000Z"}"# + "\n")
            let problems = try await limiter.replayJournal(at: bad.path).problems
            #expect(problems.map(\.line) == [2, 3, 4] && problems.allSatisfy { $0.reason == .badLine })
            #expect(try bad.files == ["test.journal"], "somebody has to look at it")
            #expect(try await limiter.usage(of: "a").used == 2)
        }
    }

    /// A journal that a process still writes is replayed as far as it goes, and left to it.
    @Test func aJournalInUseStays() async throws {
        try await withLimiter { limiter, _ in
            let journal = try TemporaryJournal()
            let file = try JournalFile(in: journal.directory)
            try file.append(try JournalEntry("ann").line)
            let report = try await limiter.replayJournal(at: journal.directory)
            #expect(report.files.map(\.isInUse) == [true] && report.files[0].renamedTo == nil)
            #expect(report.accounts.map(\.newlyCounted) == [1])
            try file.append(try JournalEntry("bob").line)
            #expect(try await limiter.replayJournal(at: journal.directory).accounts.map(\.newlyCounted) == [1])
            #expect(try journal.files.allSatisfy { $0.hasSuffix(".journal") })
        }
    }

    @Test func whoWasErasedMeanwhileIsCountedAndStaysErased() async throws {
        try await withLimiter { limiter, redis in
            // One was counted before she was erased, one was erased before he was counted, one comes back herself.
            _ = try await limiter.activate("ann", in: "a", by: campaign)
            for contact in ["ann", "bob", "eve"] { _ = try await limiter.erase(contact, in: "a") }
            _ = try await limiter.activate("eve", in: "a", by: campaign)
            let journal = try TemporaryJournal(["ann", "bob", "eve", "bob"].map { JournalEntry($0) })
            let row = try #require(try await limiter.replayJournal(at: journal.path).accounts.first)
            #expect(numbers(row) == "4 1 3 0 3")
            #expect(try await limiter.contacts(of: "a").contacts == ["eve"])
            #expect(try await RedisCLI(redis).run("SMEMBERS", "hc:{a}:\(row.period)").contains("bob") == false)
            // Not counted twice when he comes back.
            #expect(try await limiter.activate("bob", in: "a", by: campaign).verdict == .alreadyActivated)

            // Without the key nobody can tell.
            let other = try await Limiter.connect(to: redis.url)
            let unread = try await other.replayJournal(at: journal.path + ".replayed")
            #expect(unread.problems.map(\.reason) == [.notYet, .notYet, .notYet, .notYet])
            await other.close()
        }
    }

    @Test func whoWasMergedCountsByTheOtherName() async throws {
        try await withLimiter { limiter, _ in
            _ = try await limiter.activate("ann", in: "a", by: campaign)
            try await limiter.merge("ann2", into: "ann", in: "a")
            let journal = try TemporaryJournal([JournalEntry("ann2")])
            #expect(try await limiter.replayJournal(at: journal.path).accounts.map(\.newlyCounted) == [0])
            #expect(try await limiter.usage(of: "a").used == 1)
        }
    }

    @Test func aHeldSlotIsUsed() async throws {
        try await withLimiter { limiter, _ in
            let token = try #require(try await limiter.reserve("ann", in: "a", by: campaign).token)
            let journal = try TemporaryJournal([JournalEntry("ann")])
            _ = try await limiter.replayJournal(at: journal.path)
            let usage = try await limiter.usage(of: "a")
            #expect(usage.used == 1 && usage.held == 0)
            #expect(try await limiter.confirm(token, in: "a") == .alreadyActivated)
        }
    }

    @Test func anAccountThatWasRemovedStaysRemoved() async throws {
        try await withLimiter { limiter, redis in
            _ = try await limiter.activate("ann", in: "gone", by: campaign)
            let journal = try TemporaryJournal([
                JournalEntry("bob", in: "gone", at: Date() - 10), JournalEntry("eve", in: "gone", at: Date() + 10),
            ])
            try await limiter.removeAccount("gone")
            #expect(try await RedisCLI(redis).run("KEYS", "*{gone}*") == "")
            let report = try await limiter.replayJournal(at: journal.path)
            #expect(report.problems.map(\.reason) == [.accountRemoved])
            #expect(report.accounts.map(\.newlyCounted) == [1], "it came back, and admitted one since")
        }
    }

    @Test func worksOnACluster() async throws {
        let cluster = try await RedisCluster.start(masters: 3)
        let limiter = try await Limiter.connect(to: cluster.url)
        let journal = try TemporaryJournal((0..<300).map { JournalEntry("c\($0)", in: "account\($0 % 30)") })
        let report = try await limiter.replayJournal(at: journal.path)
        #expect(report.accounts.count == 30 && report.accounts.allSatisfy { $0.newlyCounted == 10 })
        await limiter.close()
        for node in cluster.nodes { node.stop() }
    }
}
