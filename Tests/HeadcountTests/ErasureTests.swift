import Foundation
import Headcount
import HeadcountTesting
import TestSupport
import Testing

/// R12 on a real redis-server.
@Suite struct ErasureTests {
    private let campaign = Action.campaign("spring")

    /// All that commands show of all keys.
    private func everything(in redis: EmbeddedRedis) async throws -> String {
        let cli = RedisCLI(redis)
        var text = ""
        for key in try await cli.run("KEYS", "*").split(separator: "\n").map(String.init) {
            text += key
            switch try await cli.run("TYPE", key) {
            case "set": text += try await cli.run("SMEMBERS", key)
            case "zset": text += try await cli.run("ZRANGE", key, "0", "-1")
            case "hash": text += try await cli.run("HGETALL", key)
            case "stream": text += try await cli.run("XRANGE", key, "-", "+")
            default: text += try await cli.run("GET", key)
            }
        }
        return text
    }

    @Test func identityIsGoneAndTheCountStays() async throws {
        try await withLimiter { limiter, redis in
            try await limiter.setPlan(PlanChange(limit: 2), for: "a", by: "t")
            _ = try await limiter.activate(["person-ann", "bob"], in: "a", by: campaign)
            let erasure = try await limiter.erase("person-ann", in: "a")
            #expect(erasure.isFound && erasure.periods.count == 1)
            #expect(try await limiter.usage(of: "a").used == 2)
            #expect(try await !everything(in: redis).contains("person-ann"))
            #expect(try await limiter.contacts(of: "a").contacts == ["bob"])
            // Back again, from this and from another process: not counted twice, and let in at the limit.
            #expect(try await limiter.activate("person-ann", in: "a", by: campaign).verdict == .alreadyActivated)
            var settings = LimiterConfiguration()
            settings.tombstoneKey = "a key of the tests' own"
            let other = try await Limiter.connect(to: redis.url, configuration: settings)
            #expect(
                try await other.activate(["eve", "person-ann"], in: "a", by: campaign).map(\.verdict) == [
                    .limitReached, .alreadyActivated,
                ])
            #expect(try await other.reserve("person-ann", in: "a", by: campaign).verdict == .alreadyActivated)
            #expect(try await limiter.usage(of: "a").used == 2)
            #expect(try await !limiter.erase("person-ann", in: "a").isFound)
            await other.close()
        }
    }

    @Test func withoutTheKeyErasingAndCountingWhereItWasDoneIsRefused() async throws {
        try await withLimiter { limiter, redis in
            _ = try await limiter.activate(["ann", "bob"], in: "a", by: campaign)
            for key in [nil, "some other key of sixteen bytes"] {
                var settings = LimiterConfiguration()
                settings.tombstoneKey = key
                let other = try await Limiter.connect(to: redis.url, configuration: settings)
                if key == nil {
                    let error = await #expect(throws: HeadcountError.self) { try await other.erase("ann", in: "a") }
                    #expect(error?.code == .invalidConfiguration && error?.message.contains("TOMBSTONE_KEY") ?? false)
                }
                _ = try await limiter.erase("ann", in: "a")
                let error = await #expect(throws: HeadcountError.self) {
                    try await other.activate("ann", in: "a", by: campaign)
                }
                #expect(error?.code == .invalidConfiguration)
                if key != nil { await #expect(throws: HeadcountError.self) { try await other.erase("bob", in: "a") } }
                // Other accounts don't mind.
                #expect(try await other.activate("ann", in: "b", by: campaign).verdict != .limitReached)
                await other.close()
            }
        }
    }

    @Test func contactThatIsErasedWhileItsSlotIsHeldStillCounts() async throws {
        try await withLimiter { limiter, redis in
            let token = try #require(try await limiter.reserve("person-ann", in: "a", by: campaign).token)
            #expect(try await limiter.erase("person-ann", in: "a").isFound)
            #expect(try await limiter.usage(of: "a").held == 1)
            #expect(try await limiter.confirm(token, in: "a") == .activated)
            #expect(try await limiter.usage(of: "a").used == 1)
            #expect(try await !everything(in: redis).contains("person-ann"))
            #expect(try await limiter.activate("person-ann", in: "a", by: campaign).verdict == .alreadyActivated)
        }
    }

    /// Whoever comes back while the tombstone holds a slot is the same person: one count, whoever settles.
    @Test func whoComesBackWhileTheTombstoneHoldsASlotIsOnePerson() async throws {
        try await withLimiter { limiter, _ in
            try await limiter.setPlan(PlanChange(limit: 1), for: "a", by: "t")
            let one = try #require(try await limiter.reserve("ann", in: "a", by: campaign).token)
            _ = try await limiter.erase("ann", in: "a")
            let two = try #require(try await limiter.reserve("ann", in: "a", by: campaign).token)
            #expect(try await limiter.usage(of: "a").held == 1)
            #expect(try await limiter.confirm(two, in: "a") == .activated)
            #expect(try await limiter.release(one, in: "a") == .alreadyActivated)
            #expect(try await limiter.usage(of: "a").used == 1)
            try await limiter.setPlan(PlanChange(limit: 2), for: "a", by: "t")
            let bob = try #require(try await limiter.reserve("bob", in: "a", by: campaign).token)
            _ = try await limiter.erase("bob", in: "a")
            // At the limit, but for the slot that is bob's own.
            #expect(try await limiter.activate("bob", in: "a", by: campaign).verdict == .activated)
            #expect(try await limiter.confirm(bob, in: "a") == .alreadyActivated)
            #expect(try await limiter.usage(of: "a").used == 2)
        }
    }

    @Test func confirmationsOfThePastMonthSurviveErasuresAndMergesOfThisOne() async throws {
        let clock = try ShiftedClock.movable()
        try clock.set(to: 1_796_083_200 - 60)  // 2026-11-30T23:59:00Z
        var configuration = EmbeddedRedis.Configuration()
        configuration.environment = clock.environment
        try await withLimiter(configuration) { limiter, _ in
            let ann = try #require(try await limiter.reserve("ann", in: "a", by: campaign).token)
            let bob = try #require(try await limiter.reserve("bob", in: "a", by: campaign).token)
            try await limiter.merge("bob", into: "robert", in: "a")
            try clock.set(to: 1_796_083_200 + 60)
            _ = try await limiter.activate("ann", in: "a", by: campaign)
            _ = try await limiter.erase("ann", in: "a")
            try await limiter.merge("x", into: "y", in: "a")
            #expect(try await limiter.confirm([ann, bob], in: "a") == [.activated, .activated])
            #expect(try await limiter.usage(of: "a", period: "2026-11").used == 2)
        }
    }

    /// Who was touched counts, whoever else was erased meanwhile, and without the key as well.
    @Test func reservationsAreSettledWithoutTheKey() async throws {
        try await withLimiter { limiter, redis in
            _ = try await limiter.activate("eve", in: "a", by: campaign)
            let other = try await Limiter.connect(to: redis.url)
            let token = try #require(try await other.reserve("ann", in: "a", by: campaign).token)
            _ = try await limiter.erase("eve", in: "a")
            #expect(try await other.confirm(token, in: "a") == .activated)
            #expect(try await limiter.usage(of: "a").used == 2)
            await other.close()
        }
    }

    @Test func mergedContactsAreOneWithoutRefund() async throws {
        try await withLimiter { limiter, _ in
            _ = try await limiter.activate(["ann", "ann2", "bob"], in: "a", by: campaign)
            let both = try await limiter.merge("ann", into: "ann2", in: "a")
            #expect(both.fromWasCounted && both.intoWasCounted)
            #expect(try await limiter.usage(of: "a").used == 3)
            #expect(try await limiter.contacts(of: "a").contacts.sorted() == ["ann2", "bob"])
            #expect(
                try await limiter.activate(["ann", "ann2"], in: "a", by: campaign).allSatisfy {
                    $0.verdict == .alreadyActivated
                })
            let one = try await limiter.merge("bob", into: "robert", in: "a")
            #expect(one.fromWasCounted && !one.intoWasCounted)
            #expect(try await limiter.usage(of: "a").used == 3)
            #expect(
                try await limiter.activate(["bob", "robert"], in: "a", by: campaign).allSatisfy {
                    $0.verdict == .alreadyActivated
                })
            // Neither was counted: the first one to come counts for both.
            try await limiter.merge("kim", into: "kimberly", in: "a")
            #expect(
                try await limiter.activate(["kim", "kimberly"], in: "a", by: campaign).map(\.verdict) == [
                    .activated, .alreadyActivated,
                ])
            await #expect(throws: HeadcountError.self) { try await limiter.merge("x", into: "x", in: "a") }
            // The same to Swift, and two contacts to Redis.
            _ = try await limiter.activate(["zo\u{EB}", "zoe\u{308}"], in: "a", by: .campaign("c"))
            #expect(try await limiter.merge("zoe\u{308}", into: "zo\u{EB}", in: "a").fromWasCounted)
        }
    }

    @Test func whoWasErasedIsOnePersonWithWhomeverItIsMerged() async throws {
        try await withLimiter { limiter, _ in
            _ = try await limiter.activate(["ann", "bob", "eve"], in: "a", by: campaign)
            _ = try await limiter.erase("ann", in: "a")
            _ = try await limiter.erase("bob", in: "a")
            try await limiter.merge("ann", into: "anna", in: "a")
            try await limiter.merge("eve", into: "bob", in: "a")
            let all = ["ann", "anna", "bob", "eve"]
            #expect(
                try await limiter.activate(all, in: "a", by: campaign).allSatisfy { $0.verdict == .alreadyActivated })
            #expect(try await limiter.usage(of: "a").used == 3)
        }
    }

    @Test func reservationsOfAMergedContactAreTheOthers() async throws {
        try await withLimiter { limiter, _ in
            try await limiter.setPlan(PlanChange(limit: 2), for: "a", by: "t")
            let one = try #require(try await limiter.reserve("ann", in: "a", by: campaign).token)
            let two = try #require(try await limiter.reserve("ann2", in: "a", by: campaign).token)
            try await limiter.merge("ann", into: "ann2", in: "a")
            #expect(try await limiter.usage(of: "a").held == 1)
            #expect(try await limiter.confirm(one, in: "a") == .activated)
            #expect(try await limiter.confirm(two, in: "a") == .alreadyActivated)
            #expect(try await limiter.contacts(of: "a").contacts == ["ann2"])
        }
    }

    @Test func removedAccountLeavesNothing() async throws {
        try await withLimiter { limiter, redis in
            try await limiter.setPlan(PlanChange(limit: 1), for: "gone", by: "t")
            _ = try await limiter.activate(["ann", "bob"], in: "gone", by: campaign)
            _ = try await limiter.reserve("eve", in: "gone", by: campaign)
            try await limiter.campaigns.make("spring", of: "gone", action: "http://127.0.0.1:9/", by: "t")
            try await limiter.campaigns.load(["ann"], part: 1, into: "spring", of: "gone")
            try await limiter.campaigns.start("spring", of: "gone")
            _ = try await limiter.activate("ann", in: "gone2", by: campaign)
            #expect(try await limiter.removeAccount("gone") > 5)
            let left = try await RedisCLI(redis).run("KEYS", "*").split(separator: "\n")
            #expect(!left.contains { $0.contains("{gone}") })
            for key in left where key.hasPrefix("hc:due") || key.hasPrefix("hc:accounts") {
                let type = try await RedisCLI(redis).run("TYPE", String(key))
                let all =
                    type == "set"
                    ? try await RedisCLI(redis).run("SMEMBERS", String(key))
                    : try await RedisCLI(redis).run("ZRANGE", String(key), "0", "-1")
                #expect(!all.split(separator: "\n").contains { $0 == "gone" || $0.hasPrefix("gone ") }, "\(key)")
            }
            #expect(try await limiter.usage(of: "gone2").used == 1)
            #expect(try await limiter.activate("ann", in: "gone", by: campaign).verdict == .activated)
            #expect(try await limiter.removeAccount("never-heard-of") == 0)
        }
    }

    /// What this process remembers of an account ends with the account.
    @Test func removedAccountIsForgottenByTheLocalCache() async throws {
        try await withLimiter { _, redis in
            var settings = LimiterConfiguration()
            settings.localCache = LocalCache()
            let limiter = try await Limiter.connect(to: redis.url, configuration: settings)
            _ = try await limiter.activate("ann", in: "a", by: campaign)
            #expect(try await limiter.activate("ann", in: "a", by: campaign).verdict == .alreadyActivated)
            try await limiter.removeAccount("a")
            #expect(try await limiter.activate("ann", in: "a", by: campaign).verdict == .activated)
            await limiter.close()
        }
    }

    @Test func erasedFromCampaignsInEveryState() async throws {
        try await withLimiter { limiter, redis in
            try await limiter.setPlan(PlanChange(limit: 2), for: "a", by: "t")
            try await limiter.campaigns.make("spring", of: "a", action: "http://127.0.0.1:9/", by: "t")
            let people = ["sent", "busy", "parked", "waits"].map { "person-\($0)" }
            try await limiter.campaigns.load(people, part: 1, into: "spring", of: "a")
            try await limiter.campaigns.start("spring", of: "a")
            let queue = AutomationQueue(limiter: limiter, worker: "w")
            let bounds = AutomationQueue.Bounds(lease: .seconds(30), accountConcurrency: 3, accountRate: 0)
            let claim = try await queue.claim(.init(.campaign, account: "a", id: "spring"), most: 3, bounds)
            let begun = try await queue.begin(claim.taken, of: claim.order, lease: .seconds(30))
            #expect(begun.attempts.map(\.contact) == Array(people[..<2]) && begun.parked == 1)
            try await queue.finish(begun.attempts[0], .sent, of: claim.order)
            for person in people { #expect(try await limiter.erase(person, in: "a").campaigns == ["spring"]) }
            #expect(try await !everything(in: redis).contains("person-"))
            // The answer of the one that was under way finds nobody, and its slot is settled all the same.
            try await queue.finish(begun.attempts[1], .sent, of: claim.order)
            let progress = try await limiter.campaigns.campaign("spring", of: "a").progress
            #expect(progress.total == 4 && progress.newlyCounted == 1 && progress.skipped == 2 && progress.unknown == 1)
            #expect(progress.waiting == 0 && progress.parked == 0 && progress.sending == 0)
            #expect(try await limiter.usage(of: "a").used == 2)
            #expect(
                try await queue.claim(.init(.campaign, account: "a", id: "spring"), most: 3, bounds).state == .finished)
            var outcomes: [CampaignOutcome] = []
            try await limiter.campaigns.forEachPage(of: "spring", "a") { outcomes += $1 }
            #expect(outcomes.count == 4 && outcomes.allSatisfy { $0.contact == nil })
        }
    }
}
