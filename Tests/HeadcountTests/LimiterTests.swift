import Foundation
import Headcount
import HeadcountTesting
import Logging
import Testing
import TestSupport

/// The limiter on a real redis-server, one call after the other. Races between processes are in `HeadcountCLITests`.
@Suite struct LimiterTests {
    private let campaign = Action.campaign("spring")

    private func verdicts(_ decisions: [Decision]) -> [Verdict] { decisions.map(\.verdict) }

    @Test func admitsExactlyTheLimitAndMembersAfterIt() async throws {
        try await withLimiter { limiter, _ in
            try await limiter.setPlan(PlanChange(limit: 2), for: "acct", by: "test")
            let decisions = try await limiter.activate(["ann", "bob", "ann", "eve", "bob"], in: "acct", by: campaign)
            #expect(
                verdicts(decisions) == [.activated, .activated, .alreadyActivated, .limitReached, .alreadyActivated])
            #expect(decisions.map(\.used) == [1, 2, 2, 2, 2])
            #expect(decisions.map(\.remaining) == [1, 0, 0, 0, 0])
            #expect(try await limiter.activate("ann", in: "acct", by: campaign).verdict == .alreadyActivated)
            #expect(try await limiter.activate("kim", in: "acct", by: campaign).verdict == .limitReached)
        }
    }

    @Test func unknownAccountIsOnTheFreePlan() async throws {
        try await withLimiter { limiter, _ in
            let people = (0..<150).map { "c\($0)" }
            let decisions = try await limiter.activate(people, in: "new", by: campaign)
            #expect(decisions.count { $0.verdict == .activated } == 100)
            #expect(decisions.count { $0.verdict == .limitReached } == 50)
            let usage = try await limiter.usage(of: "new")
            #expect(usage.plan == "free" && usage.used == 100 && usage.remaining == 0 && usage.refusedContacts == 50)
        }
    }

    @Test func batchesOfAnySizeKeepTheirOrder() async throws {
        try await withLimiter { limiter, redis in
            try await limiter.setPlan(PlanChange(limit: 1_500), for: "acct", by: "test")
            let people = (0..<2_000).map { "c\($0)" }
            let decisions = try await limiter.activate(people, in: "acct", by: campaign)
            #expect(verdicts(decisions) == people.indices.map { $0 < 1_500 ? .activated : .limitReached })
            let key = "hc:{acct}:\(decisions[0].period)"
            #expect(try await RedisCLI(redis).run("SCARD", key) == "1500")
            #expect(try await limiter.activate([String](), in: "acct", by: campaign) == [])
        }
    }

    /// R2
    @Test func downgradeBelowUseKeepsMembersAndRefusesOthers() async throws {
        try await withLimiter { limiter, redis in
            try await limiter.setPlan(PlanChange(limit: 5), for: "acct", by: "test")
            let five = (0..<5).map { "c\($0)" }
            let period = try await limiter.activate(five, in: "acct", by: campaign)[0].period
            try await limiter.setPlan(PlanChange(limit: 2), for: "acct", by: "test")
            let decisions = try await limiter.activate(five + ["new"], in: "acct", by: campaign)
            #expect(verdicts(decisions) == Array(repeating: .alreadyActivated, count: 5) + [.limitReached])
            #expect(decisions.allSatisfy { $0.used == 5 && $0.remaining == 0 && $0.overLimit })
            #expect(try await RedisCLI(redis).run("SCARD", "hc:{acct}:\(period)") == "5")
        }
    }

    /// R3
    @Test func aMillionRefusalsCostNoGrowingMemory() async throws {
        try await withLimiter { limiter, redis in
            try await limiter.setPlan(PlanChange(limit: 1), for: "acct", by: "test")
            let first = try await limiter.activate(["member", "refused"], in: "acct", by: campaign)
            let before = try await memory(of: "acct", first[0].period, redis)
            for start in stride(from: 0, to: 1_000_000, by: 20_000) {
                let decisions = try await limiter.activate(
                    (start..<start + 20_000).map { "r\($0)" }, in: "acct", by: campaign)
                #expect(decisions.allSatisfy { $0.verdict == .limitReached })
            }
            let after = try await memory(of: "acct", first[0].period, redis)
            #expect(after - before < 16 * 1024)
            let usage = try await limiter.usage(of: "acct")
            #expect(usage.used == 1)
            #expect((970_000...1_030_000).contains(usage.refusedContacts))
        }
    }

    private func memory(of account: String, _ period: Period, _ redis: EmbeddedRedis) async throws -> Int {
        var bytes = 0
        for key in try await RedisCLI(redis).run("KEYS", "hc:{\(account)}*").split(separator: "\n") {
            bytes += Int(try await RedisCLI(redis).run("MEMORY", "USAGE", String(key), "SAMPLES", "0")) ?? 0
        }
        return bytes
    }

    /// R9
    @Test func softModeAdmitsAndMarksAndUnlimitedOnlyCounts() async throws {
        try await withLimiter { limiter, _ in
            try await limiter.setPlan(PlanChange(limit: 1, mode: .soft), for: "soft", by: "test")
            let soft = try await limiter.activate(["a", "b"], in: "soft", by: campaign)
            #expect(verdicts(soft) == [.activated, .activated])
            #expect(soft.map(\.overLimit) == [false, true])
            #expect(soft[1].used == 2 && soft[1].remaining == 0)

            try await limiter.setPlan(PlanChange(limit: 1, mode: .unlimited), for: "free", by: "test")
            let free = try await limiter.activate(["a", "b"], in: "free", by: campaign)
            #expect(verdicts(free) == [.activated, .activated])
            #expect(free[1].limit == .max && free[1].remaining == .max && !free[1].overLimit)
        }
    }

    /// R10
    @Test func actionsThatCostNothingLeaveRedisAlone() async throws {
        // Nobody listens there: a call to Redis would throw.
        let limiter = try Limiter(url: "redis+unix:///nowhere/redis.sock")
        for action in [Action.segment("vip"), try Action("folder:x"), try Action("crm"), try Action("manual:y")] {
            #expect(try await limiter.activate("ann", in: "acct", by: action).verdict == .notCounted)
        }
        let error = await #expect(throws: HeadcountError.self) {
            try await limiter.activate("ann", in: "acct", by: try Action("webinar:x"))
        }
        #expect(error?.code == .invalidAction)
        #expect(error?.message.contains("'webinar'") == true)
    }

    /// R8
    @Test func planChangesAreKeptWithWhoFromAndTo() async throws {
        try await withLimiter { limiter, _ in
            try await limiter.setPlan(PlanChange(plan: "pro"), for: "acct", by: "ops@example.com")
            try await limiter.setPlan(PlanChange(limit: 2_500), for: "acct", by: "billing")
            try await limiter.setPlan(PlanChange(limit: 2_500), for: "acct", by: "nothing new")
            let audit = try await limiter.planAudit(of: "acct")
            #expect(audit.map(\.who) == ["billing", "ops@example.com"])
            #expect(audit.map(\.from) == ["limit=1000", "plan=free limit=100"])
            #expect(audit.map(\.to) == ["limit=2500", "plan=pro limit=1000"])
            let plan = try await limiter.plan(of: "acct")
            #expect(plan.plan == "pro" && plan.limit == 2_500 && plan.mode == .hard && plan.version == 2)
        }
    }

    @Test func planThatDoesNotExistIsRefusedAndChangesNothing() async throws {
        try await withLimiter { limiter, redis in
            for change in [
                PlanChange(plan: "gold"), PlanChange(limit: -1), PlanChange(limit: 2_000_000_000),
                PlanChange(zone: "Mars/X"),
                PlanChange(startDay: 31),
            ] {
                let error = await #expect(throws: HeadcountError.self) {
                    try await limiter.setPlan(change, for: "acct", by: "test")
                }
                #expect(error?.code == .invalidPlan)
            }
            let keys = try await RedisCLI(redis).run("DBSIZE")
            #expect(keys == "0")
        }
    }

    /// R7
    @Test func calendarChangesAtOnceOnlyWhileNothingIsCounted() async throws {
        try await withLimiter { limiter, _ in
            let fresh = try await limiter.setPlan(PlanChange(zone: "Europe/Paris", startDay: 15), for: "a", by: "t")
            #expect(fresh.calendar.startDay == 15 && fresh.calendar.zone == "Europe/Paris")
            #expect(fresh.pendingCalendar == nil)
            let decision = try await limiter.activate("ann", in: "a", by: campaign)
            #expect(decision.period.name.startDay == 15)

            let changed = try await limiter.setPlan(PlanChange(startDay: 1), for: "a", by: "t")
            #expect(changed.calendar.startDay == 15)
            #expect(changed.pendingCalendar?.calendar.startDay == 1)
            #expect(changed.pendingCalendar?.from == decision.resetsAt)
            #expect(try await limiter.activate("ann", in: "a", by: campaign).verdict == .alreadyActivated)
            // Taken back before it held.
            let back = try await limiter.setPlan(PlanChange(startDay: 15), for: "a", by: "t")
            #expect(back.pendingCalendar == nil)
        }
    }

    /// What another process changes is learned by WRONG_CALENDAR, unseen by the caller.
    @Test func calendarChangedElsewhereIsLearned() async throws {
        try await withLimiter { limiter, redis in
            let other = try await Limiter.connect(to: redis.url)
            #expect(try await limiter.usage(of: "a").calendar == .utc)
            try await other.setPlan(PlanChange(zone: "Asia/Tokyo", startDay: 10), for: "a", by: "t")
            let decision = try await limiter.activate("ann", in: "a", by: campaign)
            #expect(decision.period.name.startDay == 10)
            #expect(try await limiter.isActivated("ann", in: "a"))
            await other.close()
        }
    }

    @Test func downgradeCanWaitForThePeriodsEnd() async throws {
        try await withLimiter { limiter, _ in
            try await limiter.setPlan(PlanChange(plan: "pro"), for: "a", by: "t")
            let plan = try await limiter.setPlan(PlanChange(plan: "free", effect: .atPeriodEnd), for: "a", by: "t")
            #expect(plan.plan == "pro" && plan.limit == 1_000)
            #expect(plan.pendingPlan?.plan == "free" && plan.pendingPlan?.limit == 100)
            #expect(plan.pendingPlan?.from == (try await limiter.usage(of: "a").resetsAt))
            // An upgrade now takes its place.
            let upgraded = try await limiter.setPlan(PlanChange(limit: 5_000), for: "a", by: "t")
            #expect(upgraded.limit == 5_000 && upgraded.pendingPlan == nil)
        }
    }

    /// R11 comes later, but a slot that is held counts from the start.
    @Test func heldSlotsCountAndTheirContactsAreAdmitted() async throws {
        try await withLimiter { limiter, redis in
            try await limiter.setPlan(PlanChange(limit: 3), for: "a", by: "t")
            let period = try await limiter.activate("one", in: "a", by: campaign).period
            let inAMinute = String(Int(Date().timeIntervalSince1970 * 1000) + 60_000)
            _ = try await RedisCLI(redis).run("ZADD", "hc:{a}:\(period):held", inAMinute, "held", "1000", "lapsed")
            #expect(try await limiter.usage(of: "a").held == 1)
            let decisions = try await limiter.activate(["two", "lapsed", "held", "three"], in: "a", by: campaign)
            #expect(verdicts(decisions) == [.activated, .limitReached, .activated, .limitReached])
            #expect(decisions.map(\.remaining) == [0, 0, 0, 0])
            #expect(decisions.last?.used == 3)
            #expect(try await limiter.usage(of: "a").held == 0)
        }
    }

    /// R15
    @Test func everyKeyButPlanAndAuditExpires() async throws {
        try await withLimiter { limiter, redis in
            try await limiter.setPlan(PlanChange(limit: 1), for: "a", by: "t")
            let period = try await limiter.activate(["x", "y"], in: "a", by: campaign)[0].period
            let cli = RedisCLI(redis)
            let keys = Set(try await cli.run("KEYS", "*").split(separator: "\n").map(String.init))
            let members = "hc:{a}:\(period)"
            #expect(
                keys == [
                    members, "\(members):stats", "\(members):refused", "hc:{a}:plan", "hc:{a}:audit",
                    "hc:accounts:\(period.name.monthName)", "hc:{a}:outbox", "hc:due:notices",
                ])
            for key in keys {
                let seconds = Double(try await cli.run("TTL", key)) ?? 0
                if key.hasSuffix("plan") || key.hasSuffix("audit") {
                    #expect(seconds == -1)
                    continue
                }
                if key == "hc:due:notices" {
                    #expect(seconds > 0)
                    continue
                }
                let afterEnd = Date().addingTimeInterval(seconds).timeIntervalSince(period.end) / 86_400
                #expect(
                    key.hasSuffix("stats") ? (395...401).contains(afterEnd) : (44.9...80).contains(afterEnd), "\(key)")
            }
        }
    }

    @Test func listsAndChecksContacts() async throws {
        try await withLimiter { limiter, _ in
            try await limiter.setPlan(PlanChange(limit: 5_000), for: "a", by: "t")
            let people = (0..<3_000).map { "person \($0)" }
            _ = try await limiter.activate(people, in: "a", by: campaign)
            var listed: [String] = []
            var cursor: String?
            repeat {
                let page = try await limiter.contacts(of: "a", cursor: cursor)
                listed += page.contacts
                cursor = page.cursor
            } while cursor != nil
            #expect(Set(listed) == Set(people))
            let asked = Array(people.prefix(600)) + ["nobody"]
            #expect(try await limiter.isActivated(asked, in: "a", period: nil) == asked.map { $0 != "nobody" })
        }
    }

    @Test func accountsNearTheLimitComeFirstAndTheIndexIsRebuilt() async throws {
        try await withLimiter { limiter, redis in
            for (account, limit) in [("low", 100), ("high", 10), ("over", 5)] {
                try await limiter.setPlan(PlanChange(limit: limit), for: account, by: "t")
                _ = try await limiter.activate((0..<9).map { "c\($0)" }, in: account, by: campaign)
            }
            #expect(try await limiter.accounts().map(\.account) == ["over", "high", "low"])
            #expect(try await limiter.accounts(near: 90).map(\.account) == ["over", "high"])
            let index = try await RedisCLI(redis).run("KEYS", "hc:accounts:*")
            _ = try await RedisCLI(redis).run("DEL", index)
            let other = try await Limiter.connect(to: redis.url)
            #expect(try await other.accounts().map(\.account) == ["over", "high", "low"])
            #expect(try await RedisCLI(redis).run("SCARD", index) == "3")
            await other.close()
        }
    }

    @Test func historyTellsByKindWhatWasCounted() async throws {
        try await withLimiter { limiter, _ in
            try await limiter.setPlan(PlanChange(limit: 3), for: "a", by: "t")
            _ = try await limiter.activate(["a", "b"], in: "a", by: campaign)
            _ = try await limiter.activate(["b", "c", "d", "d"], in: "a", by: .scenario("welcome"))
            let history = try await limiter.history(of: "a")
            #expect(history.count == 1)
            #expect(history[0].used == 3 && history[0].refusals == 2 && history[0].refusedContacts == 1)
            #expect(history[0].activatedByKind == ["campaign": 2, "scenario": 1])
        }
    }

    @Test func badIdsAreRefusedBeforeAnythingIsWritten() async throws {
        try await withLimiter { limiter, redis in
            for (account, contact) in [("{x}", "ann"), ("", "ann"), ("a", ""), ("a", "x\ny"), ("a", "\u{0}")] {
                await #expect(throws: HeadcountError.self) {
                    try await limiter.activate(["fine", contact], in: account, by: campaign)
                }
            }
            let keys = try await RedisCLI(redis).run("DBSIZE")
            #expect(keys == "0")
        }
    }

    @Test func aPrefixOfItsOwnKeepsKeysApart() async throws {
        try await withLimiter { _, redis in
            var configuration = LimiterConfiguration()
            configuration.prefix = "staging:hc"
            let limiter = try await Limiter.connect(to: redis.url, configuration: configuration)
            let period = try await limiter.activate("ann", in: "a", by: campaign).period
            #expect(try await RedisCLI(redis).run("SISMEMBER", "staging:hc:{a}:\(period)", "ann") == "1")
            configuration.prefix = "bad{prefix}"
            #expect(throws: HeadcountError.self) { try Limiter(url: redis.url, configuration: configuration) }
            await limiter.close()
        }
    }

    @Test func manyTasksShareOneLimiter() async throws {
        try await withLimiter { limiter, _ in
            try await limiter.setPlan(PlanChange(limit: 300), for: "a", by: "t")
            let verdicts = try await withThrowingTaskGroup(of: Verdict.self) { group in
                for number in 0..<2_000 {
                    group.addTask {
                        try await limiter.activate("c\(number % 500)", in: "a", by: .campaign("x")).verdict
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(verdicts.count { $0 == .activated } == 300)
            #expect(try await limiter.usage(of: "a").used == 300)
        }
    }

    /// As a service it ends with its task, and refuses calls from then on as an outage, never as a full account.
    @Test func serviceClosesTheConnectionWhenItEnds() async throws {
        try await withLimiter { limiter, _ in
            let service = Task { try await limiter.run() }
            #expect(try await limiter.activate("ann", in: "a", by: campaign).verdict == .activated)
            service.cancel()
            try await service.value
            let error = await #expect(throws: HeadcountError.self) {
                try await limiter.activate("ann", in: "a", by: campaign)
            }
            #expect(error?.code == .unavailable)
        }
    }
}
